#!/usr/bin/env bash
# Every test. Those on the emulator mostly wait for it, and are told by the clock: all others run beside them and give way.
# Job control, so that what runs in the background does not ignore Ctrl-C as it otherwise would: a test sends one.
set -uom pipefail
cd "$(dirname "$0")/.."
mkdir -p .local

# By itself xdist begins with the files of many tests, and leaves those of one long one to the end.
# Each of the two has an emulator of its own, and what one waits for the other has the machine for.
.venv/bin/python -m pytest tests/e2e -q -m "not iam" -n 2 --dist loadfile --no-loadscope-reorder --durations 10 > .local/e2e.log 2>&1 &
on_emulator=$!
trap 'kill "$on_emulator" 2> /dev/null; wait "$on_emulator"; exit 130' INT TERM

nice -n 10 .venv/bin/python -m pytest tests --ignore tests/e2e -q -n 2 --dist loadfile --no-loadscope-reorder --durations 10
rest=$?

wait "$on_emulator"
emulated=$?
printf '\nOn the emulator:\n'
cat .local/e2e.log
[ "$rest" -eq 0 ] && [ "$emulated" -eq 0 ]
