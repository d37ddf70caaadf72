"""A switch for each mechanism that has a rule, so that one can be watched alone."""

from __future__ import annotations

from sim.scenario.block import Block

__all__ = ["Switches"]


class Switches(Block):
    """Which mechanisms are on."""

    frailty: bool = True
    """People differ in how readily they leave."""
    mortality: bool = True
    """People die."""
    retirement: bool = True
    """People retire."""
    leave_to_specialise: bool = True
    """People leave the country to specialise."""
    leave_to_work: bool = True
    """People leave the country to work."""
    leave_post: bool = True
    """People leave public practice for other work at home."""
    rejoin: bool = True
    """People come back to public practice from other work at home."""
    return_home: bool = True
    """People come back from abroad."""
    settle: bool = True
    """People stay where they were trained abroad."""
    drop_out: bool = True
    """Residents give up."""
    exam: bool = True
    """Residents can fail their examination."""
    preparing: bool = True
    """An application to leave takes time and may be withdrawn."""
    waiting_leave: bool = True
    """Waiting for a post makes people leave sooner."""
    give_up_waiting: bool = True
    """People waiting for a post turn to other work at home."""
    bond: bool = True
    """Graduates owe service where a plan says so."""
    supervisors: bool = True
    """The number of supervisors limits training."""
    exchange: bool = True
    """Staff ask to go on exchanges, and visitors come."""
    workload: bool = True
    """Work is counted: workload acts on morale."""
    morale: bool = True
    """Morale moves, and acts on leaving."""
    learning: bool = True
    """Capability moves."""
    reputation: bool = True
    """Reputation moves, and acts on recruitment."""
    money: bool = True
    """Money is earned and spent."""
    endings: bool = True
    """A partnership can end."""
