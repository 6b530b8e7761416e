#!/usr/bin/env bash
# What the Debian packages do on a machine of their own: installed with their dependencies, run by systemd, upgraded, removed and
# purged. The machine is a container that debootstrap fills and systemd-nspawn boots, without network but for itself.
#
#   packages_test.sh FOLDER     of the packages that tools/package has built
set -euo pipefail
shopt -s nullglob
packages=("$1"/*.deb)

skip() { echo "skipped: $*"; exit 77; }
((EUID == 0)) || skip "a container takes root"
((${#packages[@]})) || skip "there are no packages in $1; tools/package builds them"
for program in debootstrap systemd-nspawn nsenter jq; do
  command -v "$program" >/dev/null || skip "$program is not installed (apt install debootstrap systemd-container util-linux jq)"
done

readonly servers=(extractor inferencer gateway)
work=$(mktemp -d /var/tmp/trackfit-packages-XXXXXX)
root=$work/root
container=
init=
failures=0
say() { printf '== %s\n' "$*"; }
check() { "$@" || { echo "FAILED: $*"; failures=$((failures + 1)); }; }

finish() {
  local status=$?
  if ((status != 0 && status != 77)) && [[ -n $init ]]; then inside journalctl --no-pager -n 60 -u 'trackfit*' || true; fi
  if [[ -n $container ]]; then
    kill -TERM "$container" 2>/dev/null || true  # shuts it down
    wait "$container" || true
  fi
  rm -rf --one-file-system "$work"
}
trap finish EXIT

# inside PROGRAM...: in the container, as root.
inside() {
  nsenter --target "$init" --mount --uts --ipc --net --pid --root --wd env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
unit() { inside systemctl show --value -p "$2" "trackfit-$1"; }
restarted() { (($(unit "$1" NRestarts) > $2)); }  # SERVER, how often it was before
healthy() { inside trackfit-health --address "127.0.0.1:$1" --wait 120 >/dev/null; }
all_healthy() { healthy 8001 && healthy 8002 && healthy 8000; }
# eventually COMMAND...: whether it succeeds within two minutes.
eventually() {
  local tries
  for ((tries = 0; tries < 240; tries++)); do
    "$@" && return
    sleep 0.5
  done
  return 1
}
logs() { inside journalctl --no-pager -o cat -u "trackfit-$1" | grep -e "$2" >/dev/null; }  # as systemd and the server say it
is() { [[ $("${@:1:$#-1}") == "${*: -1}" ]]; }
installed() { inside apt-get "$@" >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; return 1; }; }
# What is there, but for what apt, dpkg and the machine itself write.
files() {
  inside find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp -o -path /var/log \
    -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /root -o -path /packages -o -path /newer \
    -o -path /var/lib/systemd/catalog -o -path /var/lib/systemd/timers \) -prune -o -print | sort
}

make_machine() {
  local sources=/etc/apt/sources.list.d/debian.sources mirror
  mirror=$(awk '/^URIs:/ { print $2; exit }' "$sources" 2>/dev/null || true)
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$root" \
    "${mirror:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log"; skip "debootstrap failed"; }
  if [[ -e $sources ]]; then
    cp "$sources" "$root/etc/apt/sources.list.d/"
    rm -f "$root/etc/apt/sources.list"
  fi
  echo '127.0.0.1 localhost' >"$root/etc/hosts"  # as installers do
  mkdir "$root/packages" "$root/newer"
  cp "${packages[@]}" "$root/packages"
  # The container has no network: what the packages need is fetched before.
  systemd-nspawn --quiet --register=no "${keep_unit[@]}" --directory="$root" --console=pipe \
    sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends --download-only install /packages/*.deb' \
    >"$work/download.log" 2>&1 </dev/null || { tail -5 "$work/download.log"; return 1; }
}

boot() {
  systemd-nspawn --quiet --register=no "${keep_unit[@]}" --directory="$root" --boot --private-network --link-journal=no --console=pipe \
    >"$work/boot.log" 2>&1 </dev/null &
  container=$!
  eventually pgrep -P "$container" -x systemd >/dev/null || { tail -5 "$work/boot.log"; skip "the container does not boot"; }
  init=$(pgrep -P "$container" -x systemd)
  eventually inside systemctl show-environment >/dev/null 2>&1
  inside systemctl is-system-running --wait >/dev/null || true  # degraded will do
}

# The same packages as of a later version, whose settings have changed, too.
make_newer_packages() {
  local package folder version newer
  newer_packages=()
  mkdir "$work/newer"
  for package in "${packages[@]}"; do
    folder=$work/newer/$(basename "$package" .deb)
    dpkg-deb -R "$package" "$folder"
    version=$(sed -n 's/^Version: //p' "$folder/DEBIAN/control")
    newer=${version%-*}-2
    sed -i "s/$version/$newer/g" "$folder/DEBIAN/control"
    for settings in "$folder"/etc/trackfit/*.conf; do echo "# New in the newer version" >>"$settings"; done
    sed -i '/ etc\/trackfit\//d' "$folder/DEBIAN/md5sums"
    dpkg-deb --root-owner-group -Zgzip -z1 -b "$folder" "$root/newer/" >/dev/null
    newer_packages+=("/newer/$(basename "$package" | sed "s/$version/$newer/")")
    rm -rf "$folder"
  done
  newer_version=$newer
}

analyze() {
  local exercise
  exercise=$(inside trackfit analyze /root/squat.mp4 --json - --quiet 2>/dev/null | jq -r 'select(.summary).summary.overall.exercise')
  [[ $exercise == squat ]]
}

# By HTTP, with what there is in a small system: the page, and a video that is posted.
get_page() { inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; printf "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" >&3; cat <&3' | grep '<title>' >/dev/null; }
post_video() {
  # shellcheck disable=SC2016  # expanded inside
  inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; f=/root/squat.mp4
    { printf "POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" "$(stat -c %s $f)"; cat $f; } >&3
    cat <&3' | tr -d '\r\n' | grep -a '"summary".*"exercise":"squat"' >/dev/null
}

# Ports that are open on other addresses than loopback, of those given.
open_to_others() {
  local port
  for port in "$@"; do
    inside cat /proc/net/tcp /proc/net/tcp6 | awk -v port="$(printf '%04X' "$port")" \
      '$4 == "0A" && $2 ~ ":" port "$" && $2 !~ /^0100007F:/ { print port }'
  done
}

keep_unit=()
[[ -d /run/systemd/system ]] || keep_unit=(--keep-unit)
say "making a machine"
make_machine
say "booting it"
boot

say "installing"
mapfile -t needed < <(for package in "${packages[@]}"; do dpkg-deb -f "$package" Depends; done |
  tr ',' '\n' | sed 's/[(|].*//; s/ //g' | grep -v '^trackfit' | sort -u)
check installed install -qq -y --no-install-recommends "${needed[@]}"
files >"$work/before"
# What hangs is found sooner here.
for server in "${servers[@]}"; do
  inside mkdir -p "/etc/systemd/system/trackfit-$server.service.d"
  printf '[Service]\nWatchdogSec=15\n' | inside tee "/etc/systemd/system/trackfit-$server.service.d/test.conf" >/dev/null
done
check installed install -qq -y --no-install-recommends "${packages[@]/#*\//\/packages\/}"
for server in "${servers[@]}"; do check eventually inside systemctl is-active --quiet "trackfit-$server"; done
check inside systemctl is-active --quiet trackfit.target
check inside systemctl is-enabled --quiet trackfit.target
check all_healthy
check [ -z "$(open_to_others 8001 8002 9100 9101 9102)" ]
check [ "$(open_to_others 8000 | head -n 1)" = 1F40 ]
for server in "${servers[@]}"; do
  check test -s "$root/usr/share/man/man8/trackfit-$server.8.gz"
  check is unit "$server" StatusText serving
  exposure=$(inside systemd-analyze security --no-pager "trackfit-$server" | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
  say "exposure of trackfit-$server: $exposure"
  check awk -v exposure="$exposure" 'BEGIN { exit !(exposure != "" && exposure < 2.5) }'
done

say "analysing a video"
inside trackfit synthesize --exercise squat --repetitions 2 --output /root/squat.mp4 >/dev/null 2>&1
check analyze
check get_page
check post_video

say "killing a server, freezing another"
before=$(unit extractor NRestarts)
check inside systemctl kill --signal=KILL --kill-who=main trackfit-extractor
check eventually restarted extractor "$before"
before=$(unit inferencer NRestarts)
check inside systemctl kill --signal=STOP --kill-who=main trackfit-inferencer
check eventually restarted inferencer "$before"
check eventually logs inferencer 'Watchdog timeout'
for server in "${servers[@]}"; do check eventually inside systemctl is-active --quiet "trackfit-$server"; done
check all_healthy
check analyze

say "signals"
check inside systemctl reload trackfit-inferencer
check eventually logs inferencer 'looking for models'
check inside systemctl kill --signal=USR1 --kill-who=main trackfit-gateway
check eventually logs gateway 'log_level=debug'

say "settings"
inside sed -i 's/^#TRACKFIT_/TRACKFIT_/' /etc/trackfit/{extractor,inferencer,gateway}.conf  # the defaults, said aloud
check inside systemctl restart trackfit.target
for server in "${servers[@]}"; do check eventually inside systemctl is-active --quiet "trackfit-$server"; done
check all_healthy
inside sed -i 's/^TRACKFIT_WORKERS=.*/TRACKFIT_WORKERS=-1/' /etc/trackfit/gateway.conf
inside systemctl restart trackfit-gateway 2>/dev/null && check false "a wrong flag did not keep the gateway from starting"
check is unit gateway ActiveState failed
check logs gateway 'workers is -1'
inside sed -i 's/^TRACKFIT_WORKERS=.*/TRACKFIT_WORKERS=1/; s/^TRACKFIT_MAX_SESSIONS=.*/TRACKFIT_MAX_SESSIONS=7/' /etc/trackfit/gateway.conf
check inside systemctl start trackfit-gateway

say "upgrading"
make_newer_packages
declare -A pid=()
for server in "${servers[@]}"; do pid[$server]=$(unit "$server" MainPID); done
check installed install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "${newer_packages[@]}"
# shellcheck disable=SC2016  # dpkg-query expands it
check is inside dpkg-query -W -f '${Version}' trackfit-gateway "$newer_version"
check inside grep -q '^TRACKFIT_MAX_SESSIONS=7$' /etc/trackfit/gateway.conf
check inside grep -q 'New in the newer version' /etc/trackfit/gateway.conf.dpkg-dist
for server in "${servers[@]}"; do
  check eventually inside systemctl is-active --quiet "trackfit-$server"
  check [ "${pid[$server]}" != "$(unit "$server" MainPID)" ]
done
check all_healthy
check analyze

say "removing"
mapfile -t names < <(for package in "${packages[@]}"; do dpkg-deb -f "$package" Package; done)
check installed remove -qq -y "${names[@]}"
check [ -z "$(inside sh -c 'grep -l trackfit /proc/[0-9]*/comm' || true)" ]
check inside test -e /etc/trackfit/gateway.conf
check inside test ! -e /usr/bin/trackfit-gateway
check inside dpkg --purge "${names[@]}" >"$work/apt.log" 2>&1  # apt knows no packages that have left nothing
inside rm -rf /etc/systemd/system/trackfit-{extractor,inferencer,gateway}.service.d
files >"$work/after"
check diff "$work/before" "$work/after"

((failures == 0)) || { echo "$failures checks failed"; exit 1; }
echo "installed, run, killed, frozen, upgraded and purged: all as expected"
