// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/InPod.h"

namespace cairn::services {
namespace {

constexpr auto SCRIPT = R"script(LC_ALL=C
export LC_ALL
M=$1 K=$2 T=$3 D=$4 W=$5
shift 5
umask 077
have() { command -v "$1" >/dev/null 2>&1; }
flat() { tr -s '\000-\037\177' ' ' | cut -c1-600; }
say() { printf '@@%s %s %s\n' "$M" "$1" "$(printf %s "$2" | flat)"; }
limit() { if have timeout; then timeout "$T" "$@"; else "$@"; fi; }
printf '@@%s B 1\n' "$M"
cd "$W" 2>/dev/null && : > conf 2>/dev/null || { say X nowork; printf '@@%s Z\n' "$M"; exit 0; }
end() { rm -f conf mysql mariadb pass ca q err out rc r[0-3] c[0-3]; }
trap end EXIT
trap 'exit 1' HUP INT TERM
F=/dev/null
while IFS= read -r L; do
  case $L in
    "@@$M end") break ;;
    "@@$M "*) F=${L#"@@$M "}; : > "$F" ;;
    *) printf '%s\n' "$L" >> "$F" ;;
  esac
done
addresses() {
  if have getent; then limit getent ahosts "$1" 2>/dev/null | cut -d' ' -f1 | sort -u | head -n 8
  elif have python3; then limit python3 -c 'import socket,sys
print("\n".join(sorted({a[4][0] for a in socket.getaddrinfo(sys.argv[1], None)})[:8]))' "$1" 2>/dev/null
  elif have perl; then limit perl -MSocket=getaddrinfo,getnameinfo,NI_NUMERICHOST,NIx_NOSERV,SOCK_STREAM -e '
my ($e, @r) = getaddrinfo($ARGV[0], "", {socktype => SOCK_STREAM});
for (@r) { my ($x, $h) = getnameinfo($_->{addr}, NI_NUMERICHOST, NIx_NOSERV); print "$h\n" }' "$1" 2>/dev/null
  elif have nslookup; then limit nslookup "$1" 2>/dev/null | sed -n '/^Name/,$ s/^Address[^:]*:[[:space:]]*\([^[:space:]]*\).*/\1/p' | head -n 8
  else return 99
  fi
}
connect() {
  if have bash; then limit bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
  elif have python3; then limit python3 -c 'import socket,sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3]))' "$1" "$2" "$T"
  elif have perl; then limit perl -MIO::Socket::INET -e 'IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2]) or die "$@\n"' "$1" "$2" "$T"
  elif have nc; then
    case $(nc -h 2>&1) in
      *-z*) limit nc -z -w "$T" "$1" "$2" ;;
      *) limit nc -w "$T" "$1" "$2" -e true ;; # of busybox, which would wait for the server to say something
    esac
  else return 99
  fi
}
trust() {
  [ -s ca ] && { echo "$W/ca"; return; }
  for f in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    [ -r "$f" ] && { echo "$f"; return; }
  done
}
# Request N to the server: curl knows how a certificate is verified, others are told.
ask() {
  C=$(trust)
  if have curl; then
    [ -s ca ] && printf 'cacert = "ca"\n' >> "c$1"
    limit curl -q -sS -i --http1.1 --noproxy '*' -K "c$1" </dev/null
  elif have python3; then limit python3 -c 'import socket,ssl,sys
h, p, t, s, c = sys.argv[1:]
k = socket.create_connection((h, int(p)), float(t))
if s != "off": k = ssl.create_default_context(cafile=c or None).wrap_socket(k, server_hostname=h)
k.sendall(sys.stdin.buffer.read())
while 1:
  b = k.recv(4096)
  if not b: break
  sys.stdout.buffer.write(b)
  sys.stdout.flush()' "$H" "$P" "$T" "$D" "$C" <"r$1"
  elif [ "$D" != off ] && have openssl; then limit openssl s_client -quiet -connect "$H:$P" -servername "$H" -verify_hostname "$H" -verify_return_error ${C:+-CAfile "$C"} <"r$1"
  elif [ "$D" = off ] && have bash; then limit bash -c 'exec 3<>"/dev/tcp/$0/$1"; cat "$2" >&3; cat <&3' "$H" "$P" "r$1"
  elif [ "$D" = off ] && have nc; then { cat "r$1"; sleep 1; } | limit nc -w "$T" "$H" "$P"
  else return 99
  fi
}
http() {
  { ask "$1" 2>err; echo $? >rc; } | head -c 65536 >out
  [ -n "$(tail -c +65536 out | tr -c x x)" ] && echo 98 >rc # more than any answer is long
  say "http $1 $(cat rc)" "$(tail -n 1 err)"
  head -n 60 out | while IFS= read -r L || [ -n "$L" ]; do say "a $1" "$L"; done
}
# The first step of a broker's protocol, r0: the server says nothing more and keeps the connection, so a second of silence is the
# end of its answer.
talk() {
  C=$(trust)
  if have python3; then limit python3 -c 'import socket,ssl,sys
h, p, t, s, c = sys.argv[1:]
k = socket.create_connection((h, int(p)), float(t))
if s != "off":
  x = ssl.create_default_context(cafile=c or None)
  if s != "verify": x.check_hostname, x.verify_mode = False, ssl.CERT_NONE
  k = x.wrap_socket(k, server_hostname=h)
k.sendall(sys.stdin.buffer.read())
n = 0
while n < 8192:
  try: b = k.recv(8192)
  except socket.timeout:
    if n: break
    raise
  if not b: break
  n += len(b)
  sys.stdout.buffer.write(b)
  k.settimeout(1)' "$1" "$2" "$T" "$D" "$C" <r0
  elif have timeout && [ "$D" = off ] && have bash && have dd; then limit bash -c 'exec 3<>"/dev/tcp/$0/$1" && cat r0 >&3 || exit
W=$2
while timeout "$W" dd bs=8192 count=1 <&3 >c0 2>/dev/null; [ -s c0 ]; do cat c0; W=1; done' "$1" "$2" "$T"
  elif have timeout && [ "$D" = off ] && have nc; then { cat r0; sleep 2; } | timeout 3 nc -w 2 "$1" "$2"
  elif have timeout && [ "$D" != off ] && have openssl; then
    [ "$D" = verify ] && set -- "$1" "$2" -verify_hostname "$1" -verify_return_error ${C:+-CAfile "$C"}
    h=$1 p=$2
    shift 2
    { cat r0; sleep 2; } | limit openssl s_client -quiet -no_ign_eof -connect "$h:$p" -servername "$h" "$@"
  else return 99
  fi
}
hex() {
  if have od; then od -An -v -tx1 | tr -d ' \n'
  else python3 -c 'import sys; print(sys.stdin.buffer.read().hex())'
  fi
}
greet() {
  have od || have python3 || { say "talk $1 99" ''; return; }
  { talk "$2" "$3" 2>err; echo $? >rc; } | head -c 8192 >out
  say "talk $1 $(cat rc)" "$(tail -n 1 err)"
  X=$(hex <out)
  while [ -n "$X" ]; do
    L=$(printf %.1000s "$X")
    printf '@@%s h %s %s\n' "$M" "$1" "$L"
    X=${X#"$L"}
  done
}
answered() { case $(head -n 1 out) in HTTP/?.?\ "$1"*) true ;; *) false ;; esac; }
[ "$K" = broker ] && printf "$(cat q)" >r0
N=0
while [ $# -ge 2 ]; do
  H=$1 P=$2
  A=$(addresses "$1"); R=$?
  if [ -n "$A" ]; then say "name $N ok" "$A"
  elif [ "$R" = 99 ]; then say "name $N none" ''
  elif have getent || have python3 || have perl; then say "name $N fail" ''
  else say "name $N unsure" ''
  fi
  connect "$1" "$2" </dev/null 2>err; R=$?
  say "tcp $N $R" "$(tail -n 1 err)"
  O=$R
  if { [ "$K" = broker ] || [ "$K" = s3 ]; } && [ "$D" != off ] && [ "$R" = 0 ]; then
    if have openssl; then
      C=$(trust)
      if [ "$D" = verify ]; then
        limit openssl s_client -connect "$1:$2" -servername "$1" -verify_hostname "$1" -verify_return_error ${C:+-CAfile "$C"} </dev/null >out 2>&1; R=$?
      else
        limit openssl s_client -connect "$1:$2" -servername "$1" </dev/null >out 2>&1; R=$?
      fi
      say "tls $N $R" "$(sed -n '/^ *Protocol *:/p; /^New, /p; /error/p' out | tail -n 1)"
    else say "tls $N 99" ''
    fi
  fi
  [ "$K" = broker ] && [ "$O" = 0 ] && greet "$N" "$1" "$2"
  N=$((N + 1))
  shift 2
done
case $K in
mysql)
  C=none
  for c in mysql mariadb; do have "$c" && { C=$c; break; }; done
  if [ "$C" != none ]; then
    case $("$C" --version 2>/dev/null) in *MariaDB*) V=mariadb ;; *) V=mysql ;; esac
    say client "$V"
    cat "$V" >> conf
    [ "$D" = verify ] && A=$(trust) && [ -n "$A" ] && printf 'ssl-ca=%s\n' "$A" >> conf
    limit "$C" --defaults-file=conf -N -B -r -f -e "SELECT CONCAT('=version ', VERSION()); SHOW SESSION STATUS LIKE 'Ssl_version'; SHOW CREATE USER CURRENT_USER(); SHOW GRANTS; SELECT CONCAT('=idle ', @@SESSION.wait_timeout); SHOW DATABASES" </dev/null >out 2>err
    R=$?
    grep -q '^=version ' out && R=0
    say "login $R" "$(grep ERROR err | head -n 1)"
    # No hash of a password leaves this pod.
    sed -e "s/IDENTIFIED BY PASSWORD.*/IDENTIFIED WITH 'mysql_native_password'/" -e "s/ AS '.*//" -e "s/ USING '.*//" out | head -n 300 | while IFS= read -r L; do say q "$L"; done
  else say client none
  fi ;;
postgresql)
  if have psql; then
    say client psql
    PGSERVICEFILE=$W/conf PGPASSFILE=$W/pass PGSYSCONFDIR=$W
    export PGSERVICEFILE PGPASSFILE PGSYSCONFDIR
    [ "$D" = verify ] && { PGSSLROOTCERT=$(trust); export PGSSLROOTCERT; }
    limit psql -X -w -A -t -c "SELECT '=version ' || current_setting('server_version_num') || ' ' || current_setting('server_version') UNION ALL SELECT '=tls ' || coalesce((SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), 'off') UNION ALL SELECT '=createdb ' || (rolsuper OR rolcreatedb) FROM pg_catalog.pg_roles WHERE rolname = current_user UNION ALL SELECT '=tables ' || coalesce(pg_catalog.has_schema_privilege(current_schema(), 'CREATE'), false) UNION ALL SELECT '=database ' || current_database() UNION ALL SELECT '=schema ' || coalesce(current_schema(), '-') UNION ALL SELECT '=idle ' || coalesce((SELECT setting FROM pg_catalog.pg_settings WHERE name = 'idle_session_timeout'), '0')" service=cairn </dev/null >out 2>err
    R=$?
    say "login $R" "$(head -n 1 err)"
    head -n 20 out | while IFS= read -r L; do say q "$L"; done
  else say client none
  fi ;;
s3)
  say clock "$(date -u +%s)"
  case $O in 0|99) http 0 ;; *) : > out ;; esac
  # Whatever happens from here on, the object goes again: but for one that was refused.
  if [ -s r1 ] && { answered 2 || answered 403; }; then
    G=
    gone() { [ -n "$G" ] || { G=1; http 3; }; }
    trap 'gone; end' EXIT
    http 1
    if answered 3 || answered 4; then G=1
    else answered 2 && http 2; gone
    fi
  fi ;;
esac
printf '@@%s Z\n' "$M"
)script";

} // namespace

const QString &podScript()
{
    static const QString script = QString::fromLatin1(SCRIPT);
    return script;
}

} // namespace cairn::services
