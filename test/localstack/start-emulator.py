"""Starts the emulator with three faults of it mended (as of 1.5.33), and with one that a test can order.

An update of a nested stack forgets the attributes of every resource that it leaves as it is, so the first Fn::GetAtt of one
fails the update. Of a root stack the emulator passes them on, as this does for a nested one.

What a nested stack has made stays when the stack fails: the stack around it knows nothing of it yet. CloudFormation rolls a
nested stack back, so this deletes what is in it.

It takes no alarm on several metrics, so such an alarm watches the first of them here.

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

nested = provisioners._RESOURCE_HANDLERS["AWS::CloudFormation::Stack"]
create_nested = nested["create"]


def create_or_take_back(logical_id, props, stack_name):
    try:
        return create_nested(logical_id, props, stack_name)
    except Exception:
        for name, stack in list(_stacks.items()):
            if name.startswith(f"{stack_name}-{logical_id}-") and stack["StackStatus"] == "CREATE_FAILED":
                nested["delete"](name, props)
        raise


nested["create"] = create_or_take_back

metric_alarm_record = provisioners._cw_metric_alarm_record


def of_first_metric(name, props):
    metrics = props.get("Metrics")
    if not metrics:
        return metric_alarm_record(name, props)
    stat = next(metric["MetricStat"] for metric in metrics if metric.get("MetricStat"))
    rest = {key: value for key, value in props.items() if key != "Metrics"}
    first = {key: stat["Metric"][key] for key in ("MetricName", "Namespace")}
    return metric_alarm_record(name, {**rest, **first, "Period": stat["Period"], "Statistic": "Sum"})


provisioners._cw_metric_alarm_record = of_first_metric

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
