"""Starts the emulator with one fault of it mended (as of 1.5.33).

An update of a nested stack forgets the attributes of every resource that it leaves as it is, so the first Fn::GetAtt of one
fails the update. Of a root stack the emulator passes them on, as this does for a nested one.
"""

from ministack.app import main
from ministack.services.cloudformation import _stacks, provisioners

update_resource = provisioners._update_resource


def keeping_attributes(resource_type, physical_id, old_props, new_props, stack_name, logical_id=None, old_attrs=None):
    if old_attrs is None:
        stack = _stacks.get(stack_name) or {}
        old_attrs = stack.get("_resources", {}).get(logical_id, {}).get("Attributes")
    return update_resource(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)


provisioners._update_resource = keeping_attributes

if __name__ == "__main__":
    main()
