# step NAME begins a step, and says what the one before it took; so does the end of the script.
step_name='' step_start=$SECONDS

step_done() {
  if [ -n "$step_name" ]; then printf -- '-- %ss: %s\n' "$((SECONDS - step_start))" "$step_name"; fi
}

step() {
  step_done
  step_name="$*" step_start=$SECONDS
  printf '\n== %s\n' "$step_name"
}

trap step_done EXIT
