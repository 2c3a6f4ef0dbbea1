# What static-x86_64.cmake and static-arm64.cmake share: musl's compiler wrapper and the static libraries, all from
# one prefix that scripts/static/prefix builds outside the tree. Everything is found by pkg-config, in the prefix and
# nowhere else: a library of the build machine would be linked against glibc, and must not be picked up by accident.
#
# STATIC_PREFIX (environment or cache) names the prefix; without it scripts/static/prefix says where it is.

set(CMAKE_SYSTEM_NAME Linux)
get_filename_component(STATIC_SOURCE_ROOT "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)

if(NOT STATIC_PREFIX AND DEFINED ENV{STATIC_PREFIX})
  set(STATIC_PREFIX "$ENV{STATIC_PREFIX}")
endif()
if(NOT STATIC_PREFIX)
  execute_process(
    COMMAND "${STATIC_SOURCE_ROOT}/scripts/static/prefix" --path ${STATIC_ARCH}
    OUTPUT_VARIABLE STATIC_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE static_status)
  if(NOT static_status EQUAL 0)
    message(FATAL_ERROR
      "There is no static ${STATIC_ARCH} prefix yet. Build it (once, a few minutes): scripts/static/prefix ${STATIC_ARCH}")
  endif()
endif()
set(STATIC_PREFIX "${STATIC_PREFIX}" CACHE PATH "musl and the static libraries")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES STATIC_PREFIX)

# Forced: a preset may have named the compiler of this machine.
set(CMAKE_C_COMPILER "${STATIC_PREFIX}/bin/musl-gcc" CACHE FILEPATH "musl's wrapper of gcc" FORCE)

file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/static-cflags.txt" static_cflags)
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/static-ldflags.txt" static_ldflags)
# The same source makes the same bytes wherever it lies: no path of this machine goes into __FILE__.
list(APPEND static_cflags "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." "-ffile-prefix-map=${CMAKE_BINARY_DIR}=.")
list(JOIN static_cflags " " CMAKE_C_FLAGS_INIT)
list(JOIN static_ldflags " " CMAKE_EXE_LINKER_FLAGS_INIT)
# CMake's own choice for Release, -O3, would come after -O2 and undo it.
set(CMAKE_C_FLAGS_RELEASE "-DNDEBUG" CACHE STRING "Flags of the Release configuration")
set(BUILD_SHARED_LIBS OFF CACHE BOOL "Only static libraries exist in the prefix")

set(ARAZZO_ROOTS "${STATIC_PREFIX}/share/roots/roots.c" CACHE FILEPATH "certificate authorities to link")

set(CMAKE_FIND_ROOT_PATH "${STATIC_PREFIX}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "${STATIC_PREFIX}/lib/pkgconfig")
set(ENV{PKG_CONFIG_PATH} "")
set(PKG_CONFIG_ARGN "--static" CACHE STRING "Arguments of every pkg-config call")
