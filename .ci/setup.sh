# Sourced by ./quickstart and ./check: packages and builds. Everything else stays in this folder.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

missing_packages() {
  local package
  while read -r package; do
    dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q ' installed$' || echo "$package"
  done < .ci/packages
}

# Debian's packages from .ci/packages, only those that are not there yet.
install_packages() {
  local missing
  missing=$(missing_packages)
  [ -z "$missing" ] && return
  echo "Installing" $missing
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# build release | debug | sanitize [--target NAME]: configures and builds build/NAME.
build() {
  local launcher=()
  if command -v ccache > /dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  mkdir -p build
  local log=build/configure-$1.log
  cmake --preset "$1" "${launcher[@]}" > "$log" 2>&1 || { cat "$log"; return 1; }
  cmake --build --preset "$1" -j "$(nproc)" "${@:2}"
}
