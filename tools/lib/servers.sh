# shellcheck shell=bash
# For scripts that source it: starts the three servers on this machine and stops them again.
# Set `bin` (folder of the executables) and `logs` (folder for <name>.log) before calling start_servers; `model_repository` serves
# another model, and all servers get `server_flags`.
# shellcheck disable=SC2154,SC2034

server_flags=()
health_flags=()               # by which trackfit-health reaches them
declare -A server_pid=()      # by name: extractor, inferencer, gateway
declare -A server_port=()     # by name: of gRPC
declare -A metrics_port=()    # by name: of /metrics
http_port=                    # of the gateway: web app and WebSocket

port_is_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Prints $1 if that port is free, else 0: any free port.
preferred_port() {
  if port_is_busy "$1"; then echo "port $1 is taken; choosing another" >&2; echo 0; else echo "$1"; fi
}

# start_server NAME PORT METRICS_PORT [FLAGS...]
start_server() {
  local name=$1 port=$2 metrics=$3
  shift 3
  rm -f "$logs/$name.ports"
  "$bin/trackfit-$name" --listen "127.0.0.1:$port" --metrics-listen "127.0.0.1:$metrics" \
    --port-file "$logs/$name.ports" "${server_flags[@]}" "$@" >"$logs/$name.log" 2>&1 &
  server_pid[$name]=$!
}

# wait_for_server NAME: until it is healthy; shows the end of its log when it does not become so within a minute.
wait_for_server() {
  local name=$1 ports=$logs/$1.ports tenths=0
  until [[ -s $ports ]] || ! kill -0 "${server_pid[$name]}" 2>/dev/null || ((tenths++ >= 600)); do sleep 0.1; done
  if [[ -s $ports ]]; then
    server_port[$name]=$(jq .grpc "$ports")
    metrics_port[$name]=$(jq .metrics "$ports")
    "$bin/trackfit-health" --address "127.0.0.1:${server_port[$name]}" "${health_flags[@]}" --wait 60 >/dev/null && return
  fi
  echo "trackfit-$name did not become healthy; its log ($logs/$name.log) ends:" >&2
  tail -n 20 "$logs/$name.log" >&2
  return 1
}

# Starts extractor, inferencer and gateway on the given six ports (gRPC and metrics of each; 0: any), and the gateway's web port
# on the seventh (any if not given).
start_servers() {
  mkdir -p "$logs"
  start_server extractor "$1" "$2" --models-dir deploy/models/blazepose
  start_server inferencer "$3" "$4" --model-repository "${model_repository:-deploy/models/protogcn}" --exercises deploy/exercises
  wait_for_server extractor
  wait_for_server inferencer
  start_server gateway "$5" "$6" --http-listen "127.0.0.1:${7:-0}" \
    --extractor "127.0.0.1:${server_port[extractor]}" --inferencer "127.0.0.1:${server_port[inferencer]}"
  wait_for_server gateway
  http_port=$(jq .http "$logs/gateway.ports")
}

# Asks the servers to drain, front first, and waits until they are gone. Fails if one of them did not end cleanly.
stop_servers() {
  local name ended failed=0
  for name in gateway inferencer extractor; do
    [[ -n ${server_pid[$name]:-} ]] || continue
    kill -TERM "${server_pid[$name]}" 2>/dev/null || true
    ended=0
    wait "${server_pid[$name]}" || ended=$?
    ((ended == 0)) || { echo "trackfit-$name ended with status $ended; see $logs/$name.log" >&2; failed=1; }
  done
  server_pid=()
  return "$failed"
}
