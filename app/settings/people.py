"""The admin app and the people who use it."""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_settings import NoDecode

from app.domain.origins import normalise_origin
from app.services.oidc.issuer import Algorithm, Issuer, IssuerUrl
from app.settings.base import CommonSettings, split_at_commas


def _require_origin(text: str) -> str:
    origin = normalise_origin(text)
    if origin is None:
        raise ValueError("each must be an origin such as https://admin.example.com")
    return origin


class PeopleSettings(CommonSettings):
    """Who signs in, and from which pages."""

    admin_origins: Annotated[
        frozenset[Annotated[str, AfterValidator(_require_origin)]],
        NoDecode,
        BeforeValidator(split_at_commas),
    ] = Field(
        default=frozenset(),
        description="Origins, between commas, of the admin app: its pages may use API keys and "
        "tokens of people.",
    )
    oidc_issuer: IssuerUrl | None = Field(
        default=None,
        description="The OpenID Connect issuer people sign in at; without it there are API keys "
        "only.",
    )
    oidc_audience: str | None = Field(
        default=None, min_length=1, description="Whom the issuer's tokens must be for."
    )
    oidc_algorithms: Annotated[
        tuple[Algorithm, ...], NoDecode, BeforeValidator(split_at_commas)
    ] = Field(
        default=("RS256",),
        min_length=1,
        description="Algorithms, between commas, that tokens may be signed by.",
    )
    oidc_jwks_url: IssuerUrl | None = Field(
        default=None,
        description="Where the issuer's keys are; without it its discovery document says so.",
    )

    @model_validator(mode="after")
    def _require_whole_issuer(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError(
                "SCHEDULER_OIDC_ISSUER and SCHEDULER_OIDC_AUDIENCE must be set together"
            )
        return self

    @property
    def issuer(self) -> Issuer | None:
        """Whose tokens people sign in with; None when there is no issuer."""
        if self.oidc_issuer is None or self.oidc_audience is None:
            return None
        return Issuer(
            url=self.oidc_issuer,
            audience=self.oidc_audience,
            algorithms=self.oidc_algorithms,
            jwks_url=self.oidc_jwks_url,
        )
