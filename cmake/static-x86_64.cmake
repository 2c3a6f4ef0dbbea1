# CMake toolchain: a static binary for AWS Lambda's x86_64 architecture. See static.cmake.
set(STATIC_ARCH x86_64)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
include(${CMAKE_CURRENT_LIST_DIR}/static.cmake)
