# Sourced by ./quickstart and ./check: packages and builds. Everything else stays in this folder.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

missing_packages() { # LIST...
  local package
  cat "$@" | while read -r package; do
    dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q ' installed$' || echo "$package"
  done
}

# install_packages LIST...: Debian's packages, only those that are not there yet.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return
  echo "Installing" $missing
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# ParaView's Python for its test. Debian's package of it conflicts with VTK's, which libvtk9-dev wants,
# so it is unpacked into build/paraview beside links to ParaView's libraries: the programs look for
# their Python modules where they find those.
prepare_paraview() {
  local root=build/paraview
  [ -e $root/complete ] && return
  echo "Unpacking ParaView's Python into $root"
  rm -rf $root
  mkdir -p $root
  (cd $root && apt-get download -q python3-paraview && dpkg -x python3-paraview_*.deb . &&
    rm python3-paraview_*.deb &&
    ln -sf /usr/lib/*-linux-gnu/lib*-pv[0-9]*.so* usr/lib/*-linux-gnu/ &&
    cp -P /usr/bin/pvbatch* /usr/bin/paraview usr/bin/ && touch complete) ||
    echo "It cannot be had: the test of ParaView will be skipped."
}

# build release | debug | sanitize [--target NAME]: configures and builds build/NAME.
build() {
  local launcher=()
  if command -v ccache > /dev/null; then # which would read half a gigabyte of precompiled headers for each source
    launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON)
  fi
  mkdir -p build
  local log=build/configure-$1.log
  cmake --preset "$1" "${launcher[@]}" > "$log" 2>&1 || { cat "$log"; return 1; }
  cmake --build --preset "$1" -j "$(nproc)" "${@:2}"
}
