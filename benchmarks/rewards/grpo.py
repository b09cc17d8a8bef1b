"""Our reward in a real trainer: TRL's GRPO takes some steps with a tiny random model, on a corpus that is made here.

Nothing is downloaded; the model has random weights and a tokenizer of single characters, so it learns nothing: what is shown is
that the trainer calls the reward, logs it under its name and goes on. Needs TRL and a CPU: pip install trl

    python benchmarks/rewards/grpo.py [--steps N] [--measure NAME]
"""

import argparse
import tempfile
from typing import Any

import datasets
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer

import gamegen
from gamegen_verifiers.rewards import MEASURES, reward

SIGNS = [chr(code) for code in range(32, 127)] + ["\n"]
MARKS = ["<pad>", "<end>"]


def tokenizer() -> Any:
    """One token for each character."""
    made = Tokenizer(models.WordLevel({sign: i for i, sign in enumerate([*MARKS, *SIGNS])}, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.decoder = decoders.Fuse()
    chat = "{% for message in messages %}{{ message.content }}\n{% endfor %}"
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<end>", chat_template=chat)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--measure", choices=MEASURES, default="procedure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = f"{folder}/corpus"
        gamegen.generate(gamegen.load(settings=["arms=[procedure]"], size=8), corpus)
        rows = datasets.load_dataset(corpus, "procedure", split="train").remove_columns("completion")
        shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
        model = Qwen2ForCausalLM(Qwen2Config(vocab_size=len(MARKS) + len(SIGNS), num_key_value_heads=2, **shape))
        sizes = {"per_device_train_batch_size": 4, "num_generations": 4, "max_completion_length": 64}
        config = GRPOConfig(
            output_dir=f"{folder}/out", max_steps=options.steps, logging_steps=1, report_to=[], use_cpu=True, **sizes
        )
        trainer = GRPOTrainer(model, [reward(options.measure)], config, train_dataset=rows, processing_class=tokenizer())
        trainer.train()
        name = f"rewards/gamegen_{options.measure}/mean"
        print([entry[name] for entry in trainer.state.log_history if name in entry])


if __name__ == "__main__":
    main()
