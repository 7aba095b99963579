"""Keys of strangers who try the sandbox. Such a row opens the sandbox, and nothing else."""

from __future__ import annotations

from django.db import models


class SandboxKey(models.Model):
    """A public key (Ed25519, 32 bytes) that may ask the sandbox until `expires_at`. It names no person and no department."""

    system = models.CharField(max_length=40, unique=True)
    public_key = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "sandbox key"
        verbose_name_plural = "sandbox keys"

    def __str__(self) -> str:
        return self.system

    @property
    def keyid(self) -> str:
        """The keyid under which its requests are signed."""
        return f"{self.system}/request-1"
