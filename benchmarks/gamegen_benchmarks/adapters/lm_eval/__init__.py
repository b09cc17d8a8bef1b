"""The suite as tasks of lm-evaluation-harness: `lm_eval --include_path "$(python -m gamegen_benchmarks.adapters.lm_eval)"`."""
