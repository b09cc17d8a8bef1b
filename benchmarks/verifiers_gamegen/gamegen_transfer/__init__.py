"""The transfer suite of gamegen for verifiers: what `vf-eval gamegen-transfer` finds here."""

from gamegen_transfer.harness import OneRequest
from gamegen_transfer.taskset import Transfer

__all__ = ["OneRequest", "Transfer"]
