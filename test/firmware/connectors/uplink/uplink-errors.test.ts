import test from "ava";
import { isVersionRefusal, UplinkDenied, UplinkFileUnreadable, uplinkError } from "../../../../firmware/connectors/uplink/uplink-errors.ts";

const url = "mqtts://gateway.example:8883";
const failed = (code: string | number): Error => Object.assign(new Error(`it failed with ${code}`), { code });

const says = test.macro({
  exec(t, cause: string | number, code: `EDGE_${string}`, word: string) {
    const error = uplinkError(url, failed(cause));
    t.is(error.code, code);
    t.true(error.message.includes(url), error.message);
    t.true(error.message.includes(word), error.message);
  },
  title: (_given, cause) => `a connection that fails with ${cause} says where, why and what to do`,
});

test(says, "ENOTFOUND", "EDGE_UPLINK_UNREACHABLE", "name is not known");
test(says, "EAI_AGAIN", "EDGE_UPLINK_UNREACHABLE", "no name server answers");
test(says, "ECONNREFUSED", "EDGE_UPLINK_UNREACHABLE", "nothing listens there");
test(says, "EHOSTUNREACH", "EDGE_UPLINK_UNREACHABLE", "no route");
test(says, "CERT_NOT_YET_VALID", "EDGE_UPLINK_CERTIFICATE", "clock");
test(says, "SELF_SIGNED_CERT_IN_CHAIN", "EDGE_UPLINK_CERTIFICATE", "uplink.ca");
test(says, "ERR_TLS_CERT_ALTNAME_INVALID", "EDGE_UPLINK_CERTIFICATE", "another name");
test(says, "ERR_SSL_SOMETHING_NEW", "EDGE_UPLINK_CERTIFICATE", "it failed with");
test(says, 4, "EDGE_UPLINK_DENIED", "wrong user name or password");
test(says, 134, "EDGE_UPLINK_DENIED", "wrong user name or password");
test(says, 135, "EDGE_UPLINK_DENIED", "may not connect");

test("an error that has a code of ours stays as it is", (t) => {
  const error = new UplinkFileUnreadable("password file", "/etc/p", "it is empty");
  t.is(uplinkError(url, error), error);
});

test("only the refusal of a version asks for the other one", (t) => {
  t.true(isVersionRefusal(failed(1)) && isVersionRefusal(failed(132)));
  t.false(isVersionRefusal(failed(4)) || isVersionRefusal(failed("ECONNREFUSED")) || isVersionRefusal(new UplinkDenied(url, "no")));
});
