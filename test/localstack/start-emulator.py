"""Starts the emulator with one fault of it mended (as of 1.5.33), and with one that a test can order.

An update of a nested stack forgets the attributes of every resource that it leaves as it is, so the first Fn::GetAtt of one
fails the update. Of a root stack the emulator passes them on, as this does for a nested one.

As long as there is a file "refused", it makes no stage of an API, which is the last of all that a deployment makes.
"""

import os

from ministack.app import main
from ministack.services.cloudformation import _stacks, provisioners

update_resource = provisioners._update_resource


def keeping_attributes(resource_type, physical_id, old_props, new_props, stack_name, logical_id=None, old_attrs=None):
    if old_attrs is None:
        stack = _stacks.get(stack_name) or {}
        old_attrs = stack.get("_resources", {}).get(logical_id, {}).get("Attributes")
    return update_resource(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)


provisioners._update_resource = keeping_attributes

REFUSED = os.path.join(os.environ["HOME"], "refused")


stages = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Stage"]
create_stage = stages["create"]


def create_or_refuse(logical_id, props, stack_name):
    if os.path.exists(REFUSED):
        raise ValueError("refused: a fault that the test ordered")
    return create_stage(logical_id, props, stack_name)


stages["create"] = create_or_refuse

if __name__ == "__main__":
    main()
