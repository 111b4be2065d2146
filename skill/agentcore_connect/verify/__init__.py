"""`check`: a written plan held against the real tools, in a scratch place."""

from agentcore_connect.verify.confined import Checked, check_confined
from agentcore_connect.verify.report import Result
from agentcore_connect.verify.run import check_plan

__all__ = ["Checked", "Result", "check_confined", "check_plan"]
