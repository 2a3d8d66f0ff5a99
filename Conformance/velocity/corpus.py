"""Templates, paths and bodies for the parts of the language that Gatehouse and the libraries AWS names both have.

What AWS changes is left out: comparisons of null, sums with null, escaped references that may be undefined, directives that
AWS does not run, and what prints an address in memory.
"""

import random

BODY = (
    '{"s": "text", "n": 7, "d": 1.5, "neg": -3, "big": 12345678901, "t": true, "f": false, "z": null,'
    ' "list": [1, "two", null, [3, 4], {"k": "v"}], "empty": [], "map": {"a": 1, "b": {"c": "deep"}, "x-y": "hyphen"},'
    ' "quoted": "a\\"b\'c\\\\d/e\\n", "unicode": "\\u00e9\\u20ac\\ud83d\\ude00",'
    ' "items": [{"id": 1, "p": 8.95, "g": "x"}, {"id": 2, "p": 12.99, "g": "y", "o": [1, 2]}, {"id": 3, "p": 8.99, "g": "x", "o": []}]}'
)

REQUEST = {
    "body": BODY,
    "params": {
        "path": {"id": "17"},
        "querystring": {"q": "it's", "empty": ""},
        "header": {"Accept": "*/*", "Content-Type": "application/json"},
    },
    "stageVariables": {"table": "Users", "url": "https://example.com/x"},
    "context": {
        "apiId": "abc", "httpMethod": "POST", "stage": "prod",
        "identity": {"sourceIp": "192.0.2.7", "userAgent": "curl"},
        "authorizer": {"principalId": "me"},
    },
}

PRELUDE = (
    "#set($body = $input.path('$'))#set($s = \"str\")#set($i = 5)#set($l = [1, 2, \"three\"])"
    "#set($m = {\"k\": \"v\", \"n\": {\"x\": [1, 2]}})#set($t = true)#set($f = false)#set($d = 2.5)\n"
)


class Templates:
    """Random templates: mostly well formed, some with a character too many, too few or another one."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        choice = self.random.choice(choices)
        return choice() if callable(choice) else choice

    def template(self):
        text = PRELUDE + "".join(self.statement(3) for _ in range(self.random.randint(1, 6)))
        self.is_damaged = self.random.random() < 0.25
        return self.damaged(text) if self.is_damaged else text

    def damaged(self, text):
        at = self.random.randrange(len(PRELUDE), len(text) + 1)
        kind = self.random.randrange(3)
        noise = self.random.choice("$#{}()[]\\\"'!.,;=+-*/ \n\tax1")
        if kind == 0:
            return text[:at] + noise + text[at:]
        if kind == 1:
            return text[:at] + text[at + 1:]
        return text[:at] + noise + text[at + 1:]

    def block(self, depth):
        return "".join(self.statement(depth) for _ in range(self.random.randint(0, 3)))

    def statement(self, depth):
        choices = [self.text, self.text, self.reference, self.reference, self.assignment, self.comment]
        if depth > 0:
            choices += [lambda: self.condition(depth), lambda: self.loop(depth), lambda: self.definition(depth)]
        return self.pick(*choices) + self.pick("", "", " ", "\n", "  \n", "\n  ")

    def text(self):
        return self.pick(
            "plain", "{\"a\": 1}", ", ", "\n", " # ", "# ", "$ ", "$1", "#abc", "a.b", " (x)", "\\ ", "\\\\ ", "é", "#[[ $raw #if ]]#", " $.x",
            "${ }", "#{", "\\#if", "\\\\#zork", "$$ ", "#123", "!", " [0]", "\\$s", "\\\\$s", "#zork($s)", "#end2",
        )

    def comment(self):
        return self.pick(" ## comment\n", "#* block *#", "#** doc *#", " ##\n")

    def reference(self):
        body = self.path(2)
        return self.pick(f"${body}", f"${body}", f"${{{body}}}", f"$!{body}", f"$!{{{body}}}")

    def path(self, depth):
        return self.pick(
            "s", "i", "l", "m", "t", "d", "body", "undefined", "s.length()", "s.toUpperCase()", "l.size()", "l[0]", "l[-1]", "l.get(1)", "m.k",
            "m.n", "m.n.x", "m.n.x[1]", "m['k']", "m.get(\"k\")", "m.missing", "m.keySet()", "m.size()", "body.s", "body.list", "body.list[3]",
            "body.list[4]", "body.map", "body.map.b.c", "body.map.x-y", "body.n", "body.d", "body.z", "body.items", "body.quoted", "body.unicode",
            "input.json('$')", "input.json('$.map')", "input.json('$.s')", "input.json('$.none')", "input.path('$.list')", "input.path('$.items[*].id')",
            "input.params('id')", "input.params('q')", "input.params('none')", "input.params()", "input.params().header", "context.apiId",
            "context.identity", "context.identity.sourceIp", "context.identity.none", "stageVariables.table", "stageVariables.none",
            "util.escapeJavaScript($body.quoted)", "util.escapeJavaScript($body.unicode)", "util.urlEncode($body.quoted)", "util.base64Encode($s)",
            "util.urlDecode(\"a+b%20c\")", "util.parseJson('{\"a\":[1]}')", "s.replace(\"t\", \"T\")",
            "s.substring(1)", "s.substring(1, 2)", "s.indexOf(\"r\")", "s.contains('t')", "s.split(\"t\").size()", "s.equals(\"str\")", "s.concat($s)",
            "s.replaceAll(\"[a-s]\", \"x\")", "s.matches(\"s.*\")", "s.trim().length()", "s.startsWith(\"s\")", "l.contains(2)", "l.isEmpty()",
            "l.subList(0, 2)", "l.indexOf(\"three\")", "m.containsKey('k')", "m.entrySet()", "m.values()", "e1", "e1.key", "e2", "e2.id", "e3.g", "e3", "i.toString().length()", "foreach.index",
            "foreach.count", "foreach.hasNext", "velocityCount", "s.class.name", "body.list.class.name", "d.intValue()", "block",
            "s.nothing()", "s.x.y", "l.add($i)", "m.put(\"z\", $i)",
        )

    def assignment(self):
        target = self.pick("x", "y", "m.k", "m[\"q\"]", "l[0]", "s", "i", "body.added", "undefined.x")
        return self.pick("#set(", "#set( ", " #set(", "#set ( ") + f"${target}{self.pick('=', ' = ')}{self.value(2)}{self.pick(')', ' )')}"

    def condition(self, depth):
        text = f"#if({self.test(2)}){self.pick('', chr(10))}{self.block(depth - 1)}"
        for _ in range(self.random.choice([0, 0, 1, 2])):
            text += f"#elseif({self.test(2)}){self.block(depth - 1)}"
        if self.random.random() < 0.5:
            text += self.pick("#else ", "#else\n", "#{else}") + self.block(depth - 1)
        return text + self.pick("#end", "#end\n", "#{end}")

    def loop(self, depth):
        items = self.pick("$l", "$body.list", "$m", "$m.keySet()", "$m.entrySet()", "[1..3]", "[3..1]", "$body.items", "[1, 'a', $s]", "$undefined", "$s", "{'a': 1}", "$body.map")
        element = f"$e{depth}"
        extra = self.pick("", "#if($foreach.hasNext),#end", f"#if({element} == 2)#break#end", "$foreach.index", element)
        return f"#foreach({self.pick('', ' ')}{element} in {items}{self.pick('', ' ')}){self.pick('', chr(10))}{self.block(depth - 1)}{extra}#end"

    def definition(self, depth):
        return f"#define($block){self.block(depth - 1)}#end"

    def value(self, depth):
        simple = [
            "1", "42", "-7", "1.5", "0.1", "1e3", "'single $s'", "\"double $s\"", "\"a\"\"b\"", "'a''b'", "\"$s.length() ${s}x\"", "true", "false", "[1, 2]", "[]",
            "{}", "{\"a\": 1, 'b': [2]}", "$s", "$i", "$d", "$l.size()", "$body.n", "$body.s", "[1..3]", "\"#if($t)y#end\"", "\"\\u0041\"", "2147483647", "9223372036854775807",
            "$body.big", "\"$.a\"", "\"\"", "$body.d", "$body.list", "\"$\"", "[$i..7]",
        ]
        if depth == 0:
            return self.pick(*simple)
        return self.pick(
            lambda: self.pick(*simple), lambda: self.pick(*simple),
            lambda: f"{self.number(depth)} {self.pick('+', '-', '*', '/', '%')} {self.number(depth)}",
            lambda: f"{self.pick('$s', '$body.s', chr(34) + 'x' + chr(34))} + {self.pick('$i', '$s', '1', '$l', '$d')}",
            lambda: f"({self.value(depth - 1)})", lambda: self.test(depth),
        )

    def number(self, depth):
        if depth > 0 and self.random.random() < 0.3:
            return f"({self.number(depth - 1)} {self.pick('+', '-', '*')} {self.number(depth - 1)})"
        return self.pick("1", "2", "7", "-3", "0", "1.5", "2.0", "$i", "$d", "$body.n", "$body.d", "$l.size()", "$body.big", "3000000000", "100", "1e5")

    def test(self, depth):
        if depth == 0:
            return self.pick("$t", "$f", "true", "false", "$s", "$undefined", "$l", "$body.f", "$body.z")
        inner = lambda: self.test(depth - 1)
        return self.pick(
            inner, lambda: f"!{inner()}", lambda: f"not {inner()}", lambda: f"({inner()})", lambda: f"{inner()} {self.pick('&&', '||', 'and', 'or')} {inner()}",
            lambda: f"{self.number(0)} {self.pick('==', '!=', '<', '<=', '>', '>=', 'eq', 'ne', 'lt', 'le', 'gt', 'ge')} {self.number(0)}",
            lambda: f"$s {self.pick('==', '!=')} {self.pick(chr(34) + 'str' + chr(34), chr(39) + 'x' + chr(39), '$body.s', '$i')}",
            lambda: f"{self.pick('$i', '$d', '$t', '$l', '$m')} {self.pick('==', '!=')} {self.pick('5', '2.5', 'true', '[1, 2]', '$i', '$s')}",
        )


def paths():
    """JSONPaths over BODY, each printed as JSON and as a live value."""
    names = [
        "$", "$.s", "$.n", "$.d", "$.z", "$.none", "$.none.x", "$.s.x", "$.list", "$.list[0]", "$.list[-1]", "$.list[9]", "$.list[3][1]", "$.list[4].k",
        "$['map']['b']", "$.map['x-y']", "$.map.x-y", "$['s','n']", "$.map['a','b']", "$.list[0,1]", "$.list[1:3]", "$.list[:2]", "$.list[-2:]", "$.list[2:]",
        "$.list[*]", "$.map.*", "$.items[*].id", "$.items[*].o", "$.items[*].missing", "$..id", "$..k", "$..c", "$..o", "$.items[0,2].id", "$.items[:1].id",
        "$.items[?(@.p < 10)]", "$.items[?(@.p < 10)].id", "$.items[?(@.g == 'x')].id", "$.items[?(@.g != 'x')].id", "$.items[?(@.o)].id",
        "$.items[?(@.g == 'x' && @.p > 8.96)].id", "$.items[?(@.id >= 2 || @.g == 'x')].id", "$.items[?(@.g =~ /X/i)].id", "$.items[?(@.id in [1, 3])].id",
        "$.items[?(@.id nin [1, 3])].id", "$.items[?(@.o size 2)].id", "$.items[?(@.missing == 1)].id", "$.items[?(@.missing != 1)].id",
        "$..[?(@.id == 2)].g", "$.items[?(@['g'] == 'y')].id", "$.empty", "$.empty[*]", "$.n[*]", "$.n[0]", "s", "map.b.c", "$.items[1]['id']", "$.quoted", "$.unicode",
        "$.big", "$.neg", "$.items.length()", "$.list.length()", "$.items[?(@.g in ['y', 'z'])].id", "$.map[*]", "$..*", "$.items[?(@.id > $.n)].id", "$.items[?(!@.o)].id",
        "$[", "$.", "$.items[?(", "$.a b", "$.items[x]", "$.items[?(@.id ==)]",
    ]
    return [(path, f"#set($p = $input.path(\"{path.replace(chr(34), chr(34) * 2)}\"))$p|$input.json('{path.replace(chr(39), chr(39) * 2)}')") for path in names]


BODIES = [
    "1", "-0", "1.0", "1.00", "1e5", "1E-7", "1E400", "007", "5.", ".5", "-", "+1", "12345678901", "123456789012345678901234567890",
    "1.2345678901234567890", "0.1e1", "123456789.5", "100000.0", "1234567.0", "12345678.0", "0.001", "0.0001", "true", " true ", "truex", "null", "nul", "'abc'",
    '"abc"def', '"abc', "a=1&b=2", "hello, world", "hello: x", "<a>b</a>", "1abc", "12 34", "2026-01-01", "{a:1}", "{'a':'b'}", '{"a":1,}', '{"a":1',
    "[1,2", "[1,,2]", "[1 2]", '{"a":1}x', '{"a" "b"}', '{"a":}', "{:1}", '{"a":b c}', '{"a":b,c:d}', "[a b,c]", "{}", "[]", "[ ]", "{ }", "[,]", "{,}", "]", "}", ",",
    ":", '{"a":1,"a":2}', '{"a":"\\/"}', '{"a":tru}', 'key=value&x={"a"}', "[1.10,2.50]", "1-2", "1.2.3", "{", "[", '{"a":"b', "// x", '{"a":[1,2}', '{"k":01}',
    '{"a":{"b" : 1 ,, "c":2}}', "{a b:1}", "{'a\\'b':1}", '{"a":"b""c"}', '{"a":1 "b":2}', "[1]]", '{"a":[}', "[{]", '{"a":.5}', '{"a":-}', '{"a":1;}', "it's",
    '{"a":"it\\\'s"}', '{"a":x"y"}', "[a:b]", "{a:[b,{c:d}]}", '["x"y]', "[null null]", '"a\\qb"', "[01.5]", "1e", "--1", "0x10", "Infinity", "[tRue]", '"tab\tx"',
    '["x/y","\\u00e9\\u20ac\\u0001\\u007f\\u2028\\u0085"]', '"\\ud83d\\ude00"', '{"\\u20ac": "\\u20ac"}', '[1.5,[2,{"a":[]}],"",{"b":{}}]', '{"a":{"b":{"c":[1,{"d":null}]}}}',
]

BODY_TEMPLATE = "#set($x = $input.path('$'))$x|$x.class.name|$input.json('$')|$util.escapeJavaScript($input.json('$'))"
