"""`revoke_key` with `since`: what a stolen key signed from that act on is suspended until signed again.

Only what widens access is undone. What a thief ended or restricted stays so: a new agreement is safer than a guess.
"""

from dataclasses import replace

from audit.proof.acts.ledger import Ledger, with_member
from audit.proof.acts.signers import KEY_SIDE
from audit.proof.acts.standing import Deed


def suspend_since(ledger: Ledger, keyid: str, first: int, *, seq: int, act_hash: str) -> None:
    """Suspend everything that the key signed at or after act `first`, and all that keys signed which it certified.

    "Signed again" is: `resume` naming this act (agreements, offers), a new `publish`, `revision`, `unrestrict`, or a
    new key under another name.
    """
    for deed in ledger.deeds.get(keyid, ()):
        if deed.seq >= first:
            _undo(ledger, deed, seq=seq, act_hash=act_hash)


def _undo(ledger: Ledger, deed: Deed, *, seq: int, act_hash: str) -> None:
    if deed.type == "key":
        _revoke_issued(ledger, deed, seq=seq, act_hash=act_hash)
    elif deed.type == "publish":
        _suspend_version(ledger, deed)
    elif deed.type == "revision":
        _drop_revision(ledger, deed)
    elif deed.type == "unrestrict":
        dataset, _, item = deed.target.partition("/")
        ledger.restricted.add((dataset, item))
    else:
        _suspend_target(ledger, deed, act_hash)


def _revoke_issued(ledger: Ledger, deed: Deed, *, seq: int, act_hash: str) -> None:
    found = ledger.certificates[deed.target]
    if found.revoked_seq is None:
        ledger.certificates[deed.target] = replace(found, revoked_seq=seq)
    suspend_since(ledger, deed.target, deed.seq, seq=seq, act_hash=act_hash)


def _suspend_version(ledger: Ledger, deed: Deed) -> None:
    found = ledger.all_versions[deed.target]
    if found.seq != deed.seq:
        return  # published once more since, by a good key
    ledger.all_versions[deed.target] = replace(found, suspended=True)
    dataset = str(found.version["code"])
    if dataset in ledger.versions and ledger.versions[dataset].hash == deed.target:
        del ledger.versions[dataset]


def _drop_revision(ledger: Ledger, deed: Deed) -> None:
    found = ledger.revisions.get(deed.target)
    if found is not None and found.seq == deed.seq:
        del ledger.revisions[deed.target]


def _suspend_target(ledger: Ledger, deed: Deed, act_hash: str) -> None:
    side = deed.role + KEY_SIDE
    if deed.target in ledger.agreements:
        agreement = ledger.agreements[deed.target]
        ledger.agreements[deed.target] = replace(agreement, suspended_by=with_member(agreement.suspended_by, side, act_hash))
        return
    offer = ledger.offers[deed.target]
    ledger.offers[deed.target] = replace(offer, suspended_by=with_member(offer.suspended_by, side, act_hash))
    # In what was joined under the offer, its signature stands for the provider's or the authority's: it goes the same way.
    for name, found in ledger.agreements.items():
        if found.offer == deed.target:
            ledger.agreements[name] = replace(found, suspended_by=with_member(found.suspended_by, side, act_hash))
