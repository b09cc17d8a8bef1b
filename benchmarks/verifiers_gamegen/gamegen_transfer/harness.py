"""How a task is played where no other harness is chosen: one request, with the messages as they are, and no tools."""

from typing import Any

import httpx
import verifiers.v1 as vf


class OneRequestConfig(vf.HarnessConfig):
    """Nothing that every harness has not."""


class OneRequest(vf.Harness[OneRequestConfig]):
    """Asks the endpoint once, in this process; the trace records what was said."""

    APPENDS_SYSTEM_PROMPT = True
    EXECUTES_CODE = False
    NEEDS_CONTAINER = False

    async def launch(
        self,
        ctx: vf.ModelContext,
        trace: vf.Trace,
        runtime: vf.Runtime,
        endpoint: str,
        secret: str,
        mcp_urls: dict[str, str],
        data: vf.TaskData,
        **_: Any,
    ) -> vf.ProgramResult:
        system, prompt = self.resolve_text_prompt(data)
        said = [{"role": role, "content": text} for role, text in (("system", system), ("user", prompt)) if text]
        async with httpx.AsyncClient(timeout=None, trust_env=False) as client:
            response = await client.post(
                f"{endpoint}/chat/completions",
                json={"model": ctx.model, "messages": said},
                headers={"Authorization": f"Bearer {secret}"},
            )
        return vf.ProgramResult(int(response.is_error), "", response.text if response.is_error else "")
