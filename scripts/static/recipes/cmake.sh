# Sourced. cmake_install OPTION…: configure, build and install the CMake project in this folder into the prefix.

cmake_install() {
  cmake -S . -B static -G Ninja -DCMAKE_TOOLCHAIN_FILE="$TOOLCHAIN_FILE" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX="$STATIC_PREFIX" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF "$@"
  cmake --build static -j "$JOBS"
  cmake --install static
}
