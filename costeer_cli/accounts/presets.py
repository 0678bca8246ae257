"""Services that are known: how to begin with those that can be steered, why others cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from costeer_cli.accounts.account import Account, host_of
from costeer_cli.errors import NotSteerableError, UnknownNameError, UsageError

_LIST = "See what there is with: costeer provider list --presets"


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What an account of one service begins with.

    Attributes:
        key_variable: the environment variable its key is usually in; None where it needs none.
        local: a server one runs oneself; else a service in the cloud.
        many: whether it serves many models, so that a request must say which.
        note: one line on what to know.
    """

    name: str
    title: str
    base_url: str
    key_variable: str | None = None
    local: bool = False
    many: bool = False
    note: str

    @property
    def needs_model(self) -> bool:
        """Whether a request must say which model."""
        return not self.local or self.many


@dataclass(frozen=True, kw_only=True)
class NotSteerable:
    """A service that lacks half of what steering needs.

    Attributes:
        hosts: patterns of its hosts.
        missing: which half, such as `gives no logprobs`.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    missing: str
    note: str = ""

    def error(self) -> NotSteerableError:
        """The refusal."""
        return NotSteerableError(
            f"{self.title} cannot be steered: it {self.missing}.",
            hint="These can be: llama-server, vllm, sglang or ollama on your own machine; "
            f"fireworks, deepinfra or cerebras in the cloud. {_LIST}",
        )


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                name="llama-server",
                title="llama.cpp llama-server",
                base_url="http://127.0.0.1:8080/v1",
                key_variable="LLAMA_API_KEY",
                local=True,
                note="exact, by token ids; any number of candidates",
            ),
            Preset(
                name="vllm",
                title="vLLM",
                base_url="http://127.0.0.1:8000/v1",
                key_variable="VLLM_API_KEY",
                local=True,
                note="exact, by token ids; 20 candidates",
            ),
            Preset(
                name="sglang",
                title="SGLang",
                base_url="http://127.0.0.1:30000/v1",
                local=True,
                note="exact, by token ids",
            ),
            Preset(
                name="ollama",
                title="Ollama",
                base_url="http://127.0.0.1:11434/v1",
                local=True,
                many=True,
                note="version 0.12.11 or later; 20 candidates, by text",
            ),
            Preset(
                name="llama-cpp-python",
                title="llama-cpp-python server",
                base_url="http://127.0.0.1:8000/v1",
                local=True,
                note="by text; prefer llama-server",
            ),
            Preset(
                name="tgi",
                title="Hugging Face TGI",
                base_url="http://127.0.0.1:8080/v1",
                local=True,
                note="5 candidates; its port may be 3000",
            ),
            Preset(
                name="fireworks",
                title="Fireworks AI",
                base_url="https://api.fireworks.ai/inference/v1",
                key_variable="FIREWORKS_API_KEY",
                note="exact, by token ids; 5 candidates",
            ),
            Preset(
                name="deepinfra",
                title="DeepInfra",
                base_url="https://api.deepinfra.com/v1/openai",
                key_variable="DEEPINFRA_API_KEY",
                note="20 candidates, by text",
            ),
            Preset(
                name="cerebras",
                title="Cerebras",
                base_url="https://api.cerebras.ai/v1",
                key_variable="CEREBRAS_API_KEY",
                note="20 candidates; not with every model",
            ),
            Preset(
                name="deepseek",
                title="DeepSeek",
                base_url="https://api.deepseek.com/beta",
                key_variable="DEEPSEEK_API_KEY",
                note="20 candidates; some models list none",
            ),
            Preset(
                name="mistral",
                title="Mistral",
                base_url="https://api.mistral.ai/v1",
                key_variable="MISTRAL_API_KEY",
                note="not with every model",
            ),
            Preset(
                name="together",
                title="Together AI",
                base_url="https://api.together.ai/v1",
                key_variable="TOGETHER_API_KEY",
                note="may list one candidate only, which is too few",
            ),
            Preset(
                name="openrouter",
                title="OpenRouter",
                base_url="https://openrouter.ai/api/v1",
                key_variable="OPENROUTER_API_KEY",
                note="depends on who serves the model",
            ),
        )
    }
)

NOT_STEERABLE: Mapping[str, NotSteerable] = MappingProxyType(
    {
        service.name: service
        for service in (
            NotSteerable(
                name="openai",
                title="OpenAI",
                hosts=("api.openai.com", "*.api.openai.com"),
                missing="lists logprobs, but has no documented way to continue a given text",
            ),
            NotSteerable(
                name="azure",
                title="Azure OpenAI",
                hosts=("*.openai.azure.com", "*.cognitiveservices.azure.com"),
                missing="lists logprobs, but has no documented way to continue a given text",
            ),
            NotSteerable(
                name="groq",
                title="Groq",
                hosts=("api.groq.com",),
                missing="can continue a text, but gives no logprobs",
            ),
            NotSteerable(
                name="anthropic",
                title="Anthropic",
                hosts=("api.anthropic.com",),
                missing="gives no logprobs",
                note="Its newer models cannot continue a given text either.",
            ),
            NotSteerable(
                name="gemini",
                title="Gemini",
                hosts=("generativelanguage.googleapis.com",),
                missing="gives no logprobs in its OpenAI form",
            ),
        )
    }
)


def find_preset(name: str) -> Preset:
    """The preset of that name.

    Raises:
        NotSteerableError: the service of that name cannot be steered.
        UnknownNameError: no service goes by it.
    """
    if name in NOT_STEERABLE:
        raise NOT_STEERABLE[name].error()
    if name not in PRESETS:
        raise UnknownNameError(f"There is no preset {name!r}.", hint=_LIST)
    return PRESETS[name]


def check_steerable(base_url: str) -> None:
    """Stop at the address of a service that is known not to work.

    Raises:
        NotSteerableError: it is one.
    """
    for service in NOT_STEERABLE.values():
        if any(fnmatchcase(host_of(base_url), pattern) for pattern in service.hosts):
            raise service.error()


def new_account(name: str | None, preset: str | None, given: Mapping[str, Any]) -> Account:
    """The account `name`, begun from a preset, with the fields in `given` over it.

    Where no preset and no address is given, a name that is a preset's stands for it.

    Raises:
        NotSteerableError: the service cannot be steered.
        UsageError: something is missing or cannot be; UnknownNameError: no such preset.
    """
    if preset is None and "base_url" not in given and name in {*PRESETS, *NOT_STEERABLE}:
        preset = name
    chosen = find_preset(preset) if preset else None
    begun: dict[str, Any] = {"name": name or (chosen.name if chosen else None)}
    if chosen:
        begun |= {"preset": chosen.name, "base_url": chosen.base_url}
    begun |= given
    if not begun["name"] or "base_url" not in begun:
        raise UsageError(
            "Name a preset, or a name and an address.",
            hint=f"costeer provider add NAME --base-url URL, or --preset PRESET. {_LIST}",
        )
    account = Account(**begun)
    check_steerable(account.base_url)
    if chosen and chosen.needs_model and not account.model:
        raise UsageError(
            f"{chosen.title} has many models; which one?",
            hint="Say --model with the name it has there.",
        )
    return account


def key_variable(account: Account) -> str | None:
    """The variable whose key may go to this account's host: one service's key, never another's."""
    for preset in PRESETS.values():
        if preset.local:
            is_its_own = account.preset == preset.name and account.is_local
        else:
            is_its_own = account.is_encrypted and account.host == host_of(preset.base_url)
        if is_its_own:
            return preset.key_variable
    return None
