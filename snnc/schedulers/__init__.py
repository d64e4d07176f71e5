"""Schedulers: how the learning rate changes from epoch to epoch; one per file."""

from snnc.kinds import Kind


class Scheduler(Kind):
    """Sets the learning rate after every epoch. A kind is called as its PyTorch class is."""

    def source(self) -> str:
        """The call that makes it, with its required fields and whatever is not a default."""
        fields = self.model_dump(exclude={"kind"}, exclude_defaults=True)
        settings = "".join(f", {name}={value!r}" for name, value in fields.items())
        return f"torch.optim.lr_scheduler.{self.kind}(optimizer{settings})"
