"""The OpenAPI document of every API, made at build time from the very schemas and problems that the functions enforce."""

from infra.openapi.document import OPERATIONS, document

__all__ = ["OPERATIONS", "document"]
