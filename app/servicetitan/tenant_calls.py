"""Calls for one tenant: token, budget, circuit, retries."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import httpx
import stamina
from pydantic import ValidationError

from app.servicetitan.access_tokens import AccessToken, AccessTokens, TokenAnswer
from app.servicetitan.call_budget import CallBudget
from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.circuit_breaker import CircuitBreaker
from app.servicetitan.environment import VendorCredentials, VendorEnvironment
from app.servicetitan.errors import (
    TROUBLE,
    AmbiguousOutcomeError,
    NoAnswerError,
    RateLimitedError,
    ResponseError,
    ServiceTitanError,
    TokenUnavailableError,
    UnreachableError,
    UnreadableResponseError,
    VendorFaultError,
)
from app.servicetitan.exchange import Answer, exchange
from app.servicetitan.problem_details import read_error, read_token_error

T = TypeVar("T")
Parameters = Mapping[str, str | int]

DEFAULT_RETRY_AFTER_SECONDS = 1.0
AMBIGUOUS = (NoAnswerError, UnreadableResponseError, VendorFaultError)
"""After one of these the vendor may have done what was asked."""
DONE_NOTHING = (UnreachableError, TokenUnavailableError, RateLimitedError)
"""After one of these it certainly has not, and a repetition may succeed."""


class TenantCalls:
    """Sends the requests of one tenant.

    All calls of a process for a tenant must go through one of these: it holds what they share.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        environment: VendorEnvironment,
        credentials: VendorCredentials,
        policy: CallPolicy,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._environment = environment
        self._credentials = credentials
        self._policy = policy
        self._tokens = AccessTokens(self._fetch_token, clock=clock)
        self._budget = CallBudget(
            calls_per_second=policy.calls_per_second,
            max_wait_seconds=policy.max_wait_seconds,
            clock=clock,
        )
        self._circuit = CircuitBreaker(
            failures_to_open=policy.failures_to_open,
            rest_seconds=policy.rest_seconds,
            clock=clock,
        )
        self._retrying = stamina.AsyncRetryingCaller(
            attempts=policy.attempts,
            timeout=None,  # Attempts, their time and the waits between them are bounded already.
            wait_initial=policy.backoff_initial_seconds,
            wait_max=policy.backoff_max_seconds,
            wait_jitter=policy.backoff_jitter_seconds,
        )

    async def get(self, path: str, parameters: Parameters, *, read: Callable[[bytes], T]) -> T:
        """Return what `read` makes of the body; repeated while the vendor is unwell."""
        return await self._repeat(self._request("GET", path, parameters=parameters), read)

    async def ask(self, path: str, body: bytes, *, read: Callable[[bytes], T]) -> T:
        """Post a question that changes nothing; repeated like `get`."""
        return await self._repeat(self._request("POST", path, body=body), read)

    async def create(self, path: str, body: bytes, *, read: Callable[[bytes], T]) -> T:
        """Post something that must not happen twice.

        It is repeated only when the vendor certainly did nothing. Raises `AmbiguousOutcomeError`
        when it may have: the caller must look before it tries again.
        """
        request = self._request("POST", path, body=body)

        async def call() -> T:
            try:
                return await self._call(request, read)
            except AMBIGUOUS as error:
                raise AmbiguousOutcomeError(error) from error

        return await self._retrying(self._backoff_of_create, call)

    async def _repeat(self, request: httpx.Request, read: Callable[[bytes], T]) -> T:
        return await self._retrying(self._backoff_of_read, lambda: self._call(request, read))

    def _request(
        self,
        method: str,
        path: str,
        *,
        parameters: Parameters | None = None,
        body: bytes | None = None,
    ) -> httpx.Request:
        """Return a request of the tenant's; `path` is `module/v2` and the rest, with `{tenant}`."""
        return self._http.build_request(
            method,
            f"{self._environment.api_url}/{path.format(tenant=self._credentials.tenant_id)}",
            params=dict(parameters) if parameters else None,
            content=body,
            headers={
                "ST-App-Key": self._credentials.app_key.get_secret_value(),
                "Accept": "application/json",
                **({"Content-Type": "application/json"} if body is not None else {}),
            },
        )

    async def _call(self, request: httpx.Request, read: Callable[[bytes], T]) -> T:
        with self._circuit.guard():
            token = await self._tokens.get()
            answer = await self._send(request, token)
            if answer.status == httpx.codes.UNAUTHORIZED:
                # The token may have been withdrawn before its time; nothing was done yet.
                self._tokens.discard(token)
                answer = await self._send(request, await self._tokens.get())
            if not answer.is_success:
                raise self._note(read_error(answer.status, answer.headers, answer.body))
            with _unreadable_as_error():
                return read(answer.body)

    async def _send(self, request: httpx.Request, token: AccessToken) -> Answer:
        await self._budget.acquire()
        request.headers["Authorization"] = f"Bearer {token.value}"
        return await exchange(self._http, request, self._policy)

    def _note(self, error: ResponseError) -> ResponseError:
        """Make all calls of the tenant wait when the vendor says so."""
        if isinstance(error, RateLimitedError):
            self._budget.pause(_seconds_to_wait(error))
        return error

    async def _fetch_token(self) -> TokenAnswer:
        request = self._http.build_request(
            "POST",
            f"{self._environment.auth_url}/connect/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self._credentials.client_id,
                "client_secret": self._credentials.client_secret.get_secret_value(),
            },
        )
        try:
            answer = await exchange(self._http, request, self._policy)
            if not answer.is_success:
                raise read_token_error(answer.status, answer.headers, answer.body)
            with _unreadable_as_error():
                return TokenAnswer.model_validate_json(answer.body)
        except (*TROUBLE, ResponseError) as error:
            wait = _seconds_to_wait(error) if isinstance(error, RateLimitedError) else None
            raise TokenUnavailableError(
                f"no access token: {error}", retry_after_seconds=wait
            ) from error

    def _backoff_of_read(self, error: Exception) -> bool | float:
        return self._backoff(error) if isinstance(error, (*TROUBLE, *DONE_NOTHING)) else False

    def _backoff_of_create(self, error: Exception) -> bool | float:
        return self._backoff(error) if isinstance(error, DONE_NOTHING) else False

    def _backoff(self, error: ServiceTitanError) -> bool | float:
        """Return the seconds to wait, True for the usual backoff, False when it is too long."""
        wait: float | None = getattr(error, "retry_after_seconds", None)
        if wait is None:
            return True
        if wait > self._policy.max_wait_seconds:
            return False
        # Jitter spreads the callers that were told to wait for the same time.
        return wait + random.uniform(0, self._policy.backoff_jitter_seconds)  # noqa: S311


def _seconds_to_wait(error: RateLimitedError) -> float:
    wait = error.retry_after_seconds
    return DEFAULT_RETRY_AFTER_SECONDS if wait is None else wait


@contextlib.contextmanager
def _unreadable_as_error() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        places = {".".join(map(str, each["loc"])) or "body" for each in error.errors()}
        raise UnreadableResponseError(
            f"the answer is not what was promised at {', '.join(sorted(places)[:5])}"
        ) from error
