# Sourced by scripts/demo, scripts/test and scripts/check: what they need, by package name.

BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev libcjson-dev libyaml-dev
  libpcre2-dev libxml2-dev ca-certificates)
EMULATOR_PACKAGES=(python3 python3-botocore openssl)
TEST_PACKAGES=(libcmocka-dev python3-boto3 python3-pytest python3-yaml python3-jsonschema)
CHECK_PACKAGES=(clang clang-format clang-tidy)

# Node.js runs the independent Step Functions interpreter; any version from 18 on will do, wherever it comes from.
require_node() {
  command -v node >/dev/null && command -v npm >/dev/null || scripts/install-packages nodejs npm
}

# The interpreter, from the npm registry, once.
install_interpreter() {
  local folder=tests/support/stepfunctions
  [ -d "$folder/node_modules" ] && [ "$folder/node_modules" -nt "$folder/package-lock.json" ] && return
  echo "==> Installing the Step Functions interpreter ($folder)" >&2
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix "$folder" >&2
  touch "$folder/node_modules"
}

mkdir -p build
