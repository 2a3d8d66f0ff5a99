"""A club's API: what a member may see stands in the template, who the member is in the token's claims."""

import json


def lambda_handler(event, context):
    authorizer = event["requestContext"].get("authorizer", {})
    claims = authorizer.get("jwt", {}).get("claims", {})
    routes = {
        "GET /hours": {"open": "Saturdays, 10 to 16"},
        "GET /me": {"member": claims.get("sub"), "claims": claims},
        "GET /books": {"balance": 1234.5, "seen_by": claims.get("sub")},
    }
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(routes[event["routeKey"]]),
    }
