# CMake toolchain: a static binary for AWS Lambda's arm64 architecture (Graviton). See static.cmake.
set(STATIC_ARCH arm64)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/static.cmake)
