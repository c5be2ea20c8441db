"""The OpenAPI document of every API, made from the very routes, models and problems that the functions answer by."""

from infra.packaging.openapi.document import document

__all__ = ["document"]
