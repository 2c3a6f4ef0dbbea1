# Sourced. target_set ARCH: what AWS Lambda's name of an architecture is called by the other tools.
#   ARCH     x86_64 | arm64                Lambda, and our file names
#   MACHINE  x86_64 | aarch64              GNU and ELF
#   CROSS    Debian's suffix of its cross compiler's and kernel headers' packages
#   KERNEL_HEADERS  folders that hold linux/, asm/ and asm-generic/

target_set() {
  case "$1" in
    x86_64) ARCH=x86_64 MACHINE=x86_64 CROSS_GCC=gcc-x86-64-linux-gnu CROSS_HEADERS=linux-libc-dev-amd64-cross ;;
    arm64) ARCH=arm64 MACHINE=aarch64 CROSS_GCC=gcc-aarch64-linux-gnu CROSS_HEADERS=linux-libc-dev-arm64-cross ;;
    *) echo "$(basename "$0"): unknown architecture '$1': write x86_64 or arm64" >&2; return 2 ;;
  esac
  TRIPLET=$MACHINE-linux-gnu
  if [ "$(uname -m)" = "$MACHINE" ]; then
    NATIVE=yes KERNEL_HEADERS="/usr/include /usr/include/$TRIPLET"
  else
    NATIVE=no KERNEL_HEADERS="/usr/$TRIPLET/include"
  fi
}
