"""Who is one customer (REV-16, REV-22, REV-40): merges first, then accounts that share one billing account."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]


class Identity:
    """Maps every billing customer id to its canonical one; an id that nobody mapped stays itself."""

    def __init__(self, tables: Tables) -> None:
        self.merges = {row["source_customer_id"]: row["canonical_customer_id"] for row in tables.get("merges", [])}
        self.kinds = {row["source_customer_id"]: row.get("kind") for row in tables.get("merges", [])}
        self.shared: dict[str, str] = {}
        groups: dict[str, list[str]] = defaultdict(list)
        for account in tables.get("accounts", []):
            if account.get("billing_config") == "multi_org_shared" and account.get("shared_billing_id"):
                groups[account["shared_billing_id"]].append(self.merged(account["customer_id"]))
        for members in groups.values():
            lowest = sorted(members, key=lambda member: (len(member), member))[0]
            for member in members:
                self.shared[member] = lowest
        self.organizations = {row["organization_id"]: row["customer_id"] for row in tables.get("organizations", [])}

    def merged(self, customer_id: str) -> str:
        return self.merges.get(customer_id, customer_id)

    def canonical(self, customer_id: str) -> str:
        merged = self.merged(customer_id)
        return self.shared.get(merged, merged)

    def of_organization(self, organization_id: str) -> str:
        """An override names an organization, or a billing customer that has none."""
        return self.canonical(self.organizations.get(organization_id, organization_id))


def metadata_is_true(text: str | None) -> bool:
    """AUTO-11: provider metadata is text; anything but a plain no reads as yes."""
    return (text or "").strip().lower() not in ("", "false", "0", "no")


def members(tables: Tables, identity: Identity) -> list[Row]:
    """customer_member: every billing customer id that appears anywhere, and its canonical one."""
    ids = {row["customer_id"] for row in tables.get("accounts", [])} | set(identity.merges)
    ids |= set(identity.merges.values()) | {row["customer_id"] for row in tables.get("invoices", [])}
    return [{"source_customer_id": one, "customer_id": identity.canonical(one)} for one in sorted(ids)]
