/** What an error code means to a person. */
export interface ErrorEntry {
  /** One sentence. */
  readonly meaning: string;
  /** One sentence: what the user can do. */
  readonly remedy: string;
}

const entry = (meaning: string, remedy: string): ErrorEntry => ({ meaning, remedy });

/** Every error code there is, for documentation, consoles and support. In the order of the alphabet. */
export const errorCatalogue: Readonly<Record<`EDGE_${string}`, ErrorEntry>> = {
  EDGE_ALIAS_TAKEN: entry("Another thing has the alias.", "Take it away there first."),
  EDGE_ALREADY_EXISTS: entry("The id, or the idempotency key, is taken.", "Choose another, or change what is there."),
  EDGE_ALREADY_UNDER_WAY: entry("Something of which there can be one at a time is under way.", "Wait until it has ended."),
  EDGE_ARTIFACT_DAMAGED: entry(
    "The bytes of an artifact are gone or no longer what their hash says.",
    "Upload it again; look at the disk.",
  ),
  EDGE_ARTIFACT_SPACE_FULL: entry("All artifacts together would take more than is set aside for them.", "Delete some that nobody needs."),
  EDGE_ARTIFACT_TOO_LARGE: entry("An artifact is larger than the gateway takes.", "Send less than the bound that the message names."),
  EDGE_BACKUP_INVALID: entry("A file is no backup, or is damaged.", "Take another backup."),
  EDGE_BAD_CRON: entry(
    "A schedule's cron pattern or time zone cannot be understood, or it never comes.",
    "Give five fields (minute, hour, day, month, weekday), or six with seconds first, and an IANA time zone.",
  ),
  EDGE_BAD_DURATION: entry("A text is not a duration.", "Write a number and one of ms, s, min, h, d, as in 500 ms."),
  EDGE_BAD_PERIOD: entry("A task's period is shorter than 1 ms.", "Give a period of at least 1 ms."),
  EDGE_BOARD_START: entry("The board process ended before it served.", "Read the end of the board's log file that the message names."),
  EDGE_BOARD_UNAVAILABLE: entry(
    "An operation names a board that carries nothing out: it is not there, not adopted, or disabled.",
    "Adopt or enable the board.",
  ),
  EDGE_BODY_NOT_JSON: entry("The body of a request is not JSON.", "Send JSON in UTF-8; the answer says where it ends to be."),
  EDGE_BODY_TOO_LARGE: entry("The body of a request is larger than the route takes.", "Send less, or several requests."),
  EDGE_BROKER_ACCOUNTS: entry(
    "The accounts file of the broker is missing, unreadable or wrong; none of it is used.",
    "Mend what the message names; nobody can log in before.",
  ),
  EDGE_BROKER_BAD_PUBLISH: entry(
    "The board tried to publish something that no MQTT message can be.",
    "Report it: no setting and no client can cause it.",
  ),
  EDGE_BROKER_CERTIFICATE: entry(
    "The certificate or key of a TLS listener cannot be used.",
    "Give PEM files of the certificate chain and of its key that the board may read.",
  ),
  EDGE_BROKER_CLOSED: entry("The broker was used after it was closed.", "Nothing: the board is stopping."),
  EDGE_BROKER_EXPOSED: entry(
    "A listener of the broker can be reached from other machines but lacks TLS or accounts.",
    "Give it a certificate and an accounts file, or let it listen on 127.0.0.1.",
  ),
  EDGE_BUILD_FAILED: entry("A step of the build, one of its tools or its arguments failed.", "Mend what the message shows."),
  EDGE_BUILD_MEANS_MISSING: entry(
    "The build lacks a compiler, npm or the network.",
    "Install the package that the message names, or connect.",
  ),
  EDGE_BUNDLE_DAMAGED: entry("A file of a bundle differs from the bundle's manifest.", "Copy or build the bundle again."),
  EDGE_CBOR_INVALID: entry("Bytes that should be CBOR are not, or nest too deep.", "Look at the sender of the message."),
  EDGE_CBOR_UNENCODABLE: entry("A value has no CBOR form.", "Send numbers, texts, bytes, lists and maps with text keys only."),
  EDGE_CLI_NOT_REACHED: entry(
    "Something was asked for and did not come about.",
    "The message says why; penstock doctor looks at the rest.",
  ),
  EDGE_CLI_USAGE: entry("The command line was used wrongly.", "See penstock --help and the command's own --help."),
  EDGE_COMMAND_EXPIRED: entry("A command was not begun in time.", "Ask again when the board is online."),
  EDGE_COMMAND_FAILED: entry("A board could not carry a command out.", "The operation says why; look at the device and its line."),
  EDGE_COMMAND_REFUSED: entry("The board refused a command.", "The operation says why; look at the point's write rule."),
  EDGE_COMMAND_UNKNOWN: entry(
    "A command was begun, and a power cut hides how it ended; it is not tried again.",
    "Look at the device, then ask again if need be.",
  ),
  EDGE_COMMAND_WITHDRAWN: entry("An operation was ended before its command was sent.", "Nothing; look at why it was cancelled."),
  EDGE_CONFIG: entry(
    "A configuration file has the problems that the message lists, each with line, column, path and what was expected; nothing was started.",
    "Mend each line of the message; an editor with the JSON Schema shows the same problems while typing.",
  ),
  EDGE_CONFIG_MISSING: entry(
    "The configuration file that was asked for is not there.",
    "Correct the path, make the file, or start without --config for the built-in example.",
  ),
  EDGE_CONFIG_UNREADABLE: entry(
    "The configuration file is there but cannot be read as UTF-8 text of at most 4 MiB.",
    "Look at its permissions, size and encoding.",
  ),
  EDGE_CSRF: entry(
    "A request with a cookie lacks the session's x-csrf-token.",
    "Reload the page, or send the token of GET /api/v1/session.",
  ),
  EDGE_DATA_DIR: entry("The data directory cannot be made or written.", "Give a directory that this user may write with --data."),
  EDGE_DOCUMENT_TOO_LARGE: entry("A document is larger than the store takes.", "Send less; bytes belong into artifacts."),
  EDGE_DOWNLOAD_ALTERED: entry(
    "A Node that was fetched does not have the pinned hash.",
    "Do not use it; look at the registry or mirror it came from.",
  ),
  EDGE_FIELD_NOT_YOURS: entry(
    "A field belongs to somebody else; nothing was applied.",
    "Write desired; reported is the board's and status the reconciler's.",
  ),
  EDGE_FILTER_INVALID: entry(
    "A filter, an order or a cursor cannot be understood.",
    "Write a CEL expression over the document's fields, as in labels.site == 'east'.",
  ),
  EDGE_FORBIDDEN: entry("The account may not do this there.", "Ask an admin for a grant of the permission that the message names."),
  EDGE_GATEWAY_REFUSED: entry("The gateway answered with an error.", "Do what the message says."),
  EDGE_GATEWAY_UNREACHABLE: entry("No gateway answers at the address.", "Start it, or name its address with --url."),
  EDGE_GRANT_BEYOND_OWN: entry("The role at that scope is more than the giver holds.", "Ask somebody who holds it."),
  EDGE_HISTORY_DAMAGED: entry("Something in the history is not what was written there.", "Restore a backup, and look at the disk."),
  EDGE_HTTP_CERTIFICATE: entry(
    "The certificate or key of API and console cannot be used.",
    "Give PEM files of the certificate chain and of its key that the gateway may read.",
  ),
  EDGE_HTTP_EXPOSED: entry(
    "API and console would be reachable from other machines without TLS.",
    "Give --http-cert and --http-key, or listen on 127.0.0.1.",
  ),
  EDGE_HTTP_HOST: entry("The request names another host than the gateway.", "Use the address that the gateway printed."),
  EDGE_HTTP_ORIGIN: entry("A page of another origin sent the request with a cookie.", "Open the gateway's own console, or use a key."),
  EDGE_I2C_BUSY: entry("Too many transfers wait for an I2C bus.", "Poll its sensors less often."),
  EDGE_I2C_CHIP: entry("Another chip than the configured one answers.", "Correct the chip or its address in the configuration."),
  EDGE_I2C_DOWN: entry(
    "An I2C bus cannot be opened.",
    "Enable the bus, load i2c-dev, or add the board's user to the group i2c; the message says which.",
  ),
  EDGE_I2C_GARBLED: entry("The check byte of a chip's answer is wrong.", "Shorten the cable or slow the bus down."),
  EDGE_I2C_HANGS: entry("A chip does not finish a measurement or its start.", "Cycle its power."),
  EDGE_I2C_NO_ANSWER: entry("No chip acknowledges the address on an I2C bus.", "Look at the chip's wiring, power and address."),
  EDGE_I2C_RESET: entry("A chip lost its settings; it is set up anew.", "If it repeats: look at its supply."),
  EDGE_I2C_STUCK: entry(
    "No transfer gets through on an I2C bus; the board tries again by itself.",
    "Find the chip that holds SDA or SCL low, or cycle its power.",
  ),
  EDGE_I2C_TAKEN: entry("A kernel driver uses the chip.", "Unload that driver or its device tree overlay."),
  EDGE_I2C_TRANSFER: entry(
    "One transfer on an I2C bus broke off, or no thread was free for it.",
    "If it lasts: look at cable, pull-ups and clock; with more than three buses raise UV_THREADPOOL_SIZE.",
  ),
  EDGE_I2C_UNABLE: entry("The adapter of an I2C bus does not know this kind of transfer.", "Use another adapter or another chip."),
  EDGE_INTENT_SUPERSEDED: entry(
    "A newer desired value took the place of this one, or the board is stopping.",
    "Nothing when the newer value is right; otherwise set the value again.",
  ),
  EDGE_INTERNAL: entry("Something failed that should not be able to.", "Report it with the log entry of that moment."),
  EDGE_JOURNAL_CLOSED: entry("The journal was closed before a record was on disk.", "Nothing: the board is stopping."),
  EDGE_JOURNAL_FAILED: entry(
    "The disk refused a record of the journal.",
    "Make room on the disk, or replace it; the board goes on trying.",
  ),
  EDGE_JOURNAL_FULL: entry(
    "A stream of the journal is full and keeps what it has.",
    "Bring the gateway back, give the stream more room, or choose another whenFull.",
  ),
  EDGE_JOURNAL_READ: entry(
    "The disk does not give back a part of the journal.",
    "Look at the disk; when it goes on refusing, a gap takes the part's place.",
  ),
  EDGE_JOURNAL_RECORD: entry(
    "A record is too large for its stream of the journal.",
    "Make the value smaller, or give the stream more room.",
  ),
  EDGE_JOURNAL_STREAM: entry(
    "The journal was asked for a stream that it does not have.",
    "Report it: configuration and gateway can name only streams that exist.",
  ),
  EDGE_LAST_ADMIN: entry("It would leave no enabled admin for everything.", "Make another admin first."),
  EDGE_LINE_BUSY: entry(
    "So many requests wait for a line that no more are taken.",
    "Poll less often, or raise inFlight if the device bears it.",
  ),
  EDGE_LINE_DOWN: entry(
    "There is no connection to the line just now; the board goes on trying.",
    "Look at the device's power, cable, address and port, and at how many connections it allows.",
  ),
  EDGE_LINK_MESSAGE_INVALID: entry(
    "Bytes on the topics of the link between board and gateway are no message of it.",
    "Check who else publishes there; bring the older of the two ends up to date.",
  ),
  EDGE_LINK_VERSION_UNKNOWN: entry("The other end speaks another version of the link.", "Bring the older of the two ends up to date."),
  EDGE_LISTEN_REFUSED: entry(
    "The operating system refuses to let a server listen on the address.",
    "Give an address of this machine, and a port above 1023 unless the process has the right to lower ones.",
  ),
  EDGE_LOCKED_OUT: entry("There were too many failed log-ins.", "Wait as Retry-After says, or let an admin unlock the user."),
  EDGE_LOGINS_BUSY: entry("Too many passwords wait to be checked.", "Try again after Retry-After."),
  EDGE_MEDIA_TYPE: entry("The body is of another media type than the route takes.", "Set content-type to one that the message names."),
  EDGE_METHOD_REFUSED: entry("The path is served, but not by this method.", "Use a method that the Allow header names."),
  EDGE_MODBUS_EXCEPTION: entry(
    "The device answered that it cannot do what was asked.",
    "Compare area, address and count with the device's register list; the message names the exception.",
  ),
  EDGE_MODBUS_FRAME: entry(
    "What came from the line is not a Modbus frame.",
    "Make sure that the other side speaks this kind of Modbus, and on a serial line that speed and parity are right.",
  ),
  EDGE_MODBUS_REPLY: entry("A reply does not fit its request.", "Set inFlight to 1; if it goes on, the device breaks the protocol."),
  EDGE_MODBUS_REQUEST: entry(
    "A request would break the limits of the protocol and was not sent.",
    "Make the point smaller, or lower the limits of the device.",
  ),
  EDGE_MODBUS_TIMEOUT: entry("The device did not answer in time.", "Look at the unit id and the device; raise timeout for slow ones."),
  EDGE_NATIVE_PART_WRONG: entry(
    "A native part is for another processor, float interface or C library.",
    "Install the packages again; check the compiler of the target.",
  ),
  EDGE_NOT_ALIVE: entry(
    "A part of the board, its scheduler, broker or store, does not do its work.",
    "Look at the disk and the load of the machine; where a watchdog is configured it starts the board anew.",
  ),
  EDGE_NOT_FOUND: entry("There is no such document.", "Look at the id; lists show what there is."),
  EDGE_NOT_WRITABLE: entry(
    "Nothing may be wanted of the feature: its board does not carry writes to it.",
    "Give the point a write rule in the board's configuration.",
  ),
  EDGE_NO_EXECUTOR: entry("Nobody carries out operations of this type.", "Use a type that the gateway knows, as feature.write."),
  EDGE_OPERATION_ENDED: entry("The operation has ended, or its end can no longer be prevented.", "Nothing; look at its result."),
  EDGE_OPERATION_EXPIRED: entry("Nobody began the operation in time.", "Ask again when the board is online, or give it more time."),
  EDGE_OPERATION_INTERRUPTED: entry(
    "The gateway stopped while it carried an operation out.",
    "Look at how far it came, and ask again if need be.",
  ),
  EDGE_OPERATION_REPLACED: entry(
    "A newer intent took the place of this command before it was sent.",
    "Nothing; look at the newer operation.",
  ),
  EDGE_OUTGOING_FAILED: entry("A request to a URL failed, was too large or too slow.", "Look at the other end."),
  EDGE_OUTGOING_REFUSED: entry(
    "A URL leads where the gateway does not go for users.",
    "Use a public address, or allow the host in the settings.",
  ),
  EDGE_OWN_GATEWAY_FILE: entry("The file of --own-gateway is not in order.", "Nothing by hand: a gateway writes it anew at its start."),
  EDGE_PASSWORD_FIRST: entry("The log-in is good for setting a password and nothing else.", "Set the password first."),
  EDGE_PLAN_RANGE: entry(
    "A value does not fit into any request that the unit allows.",
    "Raise limits.registers or make the point smaller.",
  ),
  EDGE_PORT_TAKEN: entry("Another program listens on the port already.", "Stop that program or choose another port."),
  EDGE_QUERY_TOO_COSTLY: entry("A query looks at more than one query may.", "Narrow it down: a thing, a prefix, a shorter time."),
  EDGE_RATE_EXCEEDED: entry(
    "More requests came than the asker may send.",
    "Wait as Retry-After says; use the streams instead of asking again and again.",
  ),
  EDGE_REQUEST_INVALID: entry(
    "A request has parts that are not as the route wants them.",
    "Mend what the problems of the answer name; /api/docs shows what the route takes.",
  ),
  EDGE_REQUEST_SLOW: entry("The body of a request did not come in time.", "Send it faster, or in smaller parts."),
  EDGE_RESOURCE_INVALID: entry("What was sent is not such a document.", "Mend what the problems of the answer name."),
  EDGE_RESTORE_REFUSED: entry(
    "A backup is not put in the place of a store that is there, or there is no room for it.",
    "Stop the gateway, make room, or give --replace.",
  ),
  EDGE_REVISION_CONFLICT: entry("The document changed since it was read.", "Read it again and decide anew."),
  EDGE_ROUTE_UNKNOWN: entry("Nothing is served at the path.", "Look at /api/docs."),
  EDGE_RS485: entry(
    "The driver of a serial port cannot turn the transceiver round, or the native part that asks it to is missing.",
    'Use an adapter that turns by itself with "rs485": "automatic", or a port whose driver does it.',
  ),
  EDGE_SCHEDULER_FULL: entry("There are more tasks than the scheduler was made for.", "Use fewer different schedules, or fewer devices."),
  EDGE_SERIAL_PORT: entry(
    "A serial port cannot be opened or was lost.",
    "Check that the adapter is plugged in (see /dev/serial/by-id), that the board's user is in the group dialout, and that no other program has the port open.",
  ),
  EDGE_SETTINGS: entry("A flag or environment variable is not what it should be.", "See --help."),
  EDGE_SETTINGS_REFUSED: entry(
    "Settings of a thing's polling cannot be taken; those before stay in force.",
    "Send what the message says was expected; null takes a setting back.",
  ),
  EDGE_SET_BUSY: entry("Too many requests to set values are under way.", "Send the request again later, and fewer at once."),
  EDGE_SET_INVALID: entry(
    "The payload of a set request is not a set request.",
    "Send JSON with value and, for an answer, responseTopic and correlation.",
  ),
  EDGE_SET_RETAINED: entry("A set request was retained.", "Send it without the retain flag: it would be asked again with every restart."),
  EDGE_STILL_REFERENCED: entry("Something else still uses the document.", "Take that away first."),
  EDGE_STOPPED: entry("The work ended because the board is stopping.", "Nothing; send the request again after the start."),
  EDGE_STORE_CLOSED: entry("The store was used after it was closed.", "Nothing: the gateway is stopping."),
  EDGE_STORE_DOCUMENT: entry("A stored document is not what was written: the disk changed it.", "Restore a backup, and look at the disk."),
  EDGE_STORE_FAILED: entry(
    "The disk refuses writes; nothing of the change was kept.",
    "Look at free space and at the disk; the gateway goes on trying.",
  ),
  EDGE_STORE_FULL: entry("The bound of documents of a kind, or of points, is met.", "Delete what nobody needs."),
  EDGE_STORE_LOCKED: entry("Another process has the store open.", "Stop that process, or give this one a data directory of its own."),
  EDGE_STORE_NEWER: entry("A newer version of Penstock wrote the store.", "Run that version or a newer one."),
  EDGE_STORE_UNWRITABLE: entry(
    "The store's directory cannot be made, read or written.",
    "Look at permissions and free space, or give another directory with --data.",
  ),
  EDGE_STREAMS_FULL: entry("As many streams are open as may be.", "Close one; a page needs no more than one."),
  EDGE_STREAM_UNREADABLE: entry(
    "Records of a stream cannot be read by this gateway; the stream waits, the others go on.",
    "Bring the gateway up to date, or look at the board named in the event.",
  ),
  EDGE_SYSTEMD_NOTIFY: entry(
    "The board cannot tell systemd how it is.",
    "Look whether the bundle is complete (native/sd-notify.node), and at Type=notify and NotifyAccess of the unit.",
  ),
  EDGE_TASK_EXISTS: entry("Two tasks have the same name.", "Report it: no setting can cause it."),
  EDGE_TOPIC_INVALID: entry("A name cannot stand in a topic.", "Use 1 to 64 letters, digits and : . _ -, the first a letter or digit."),
  EDGE_TRANSITION_ILLEGAL: entry(
    "The definition does not let this state be asked for from where it stands.",
    "Ask for a state that the message names.",
  ),
  EDGE_TWIN_BUSY: entry("Too many changes of twins wait for the disk.", "Send fewer changes at once; look at the disk when it lasts."),
  EDGE_TWIN_CLOSED: entry("The twin store was closed before the change was on disk.", "Send the change again after the start."),
  EDGE_TWIN_DOCUMENT: entry(
    "A stored document of a twin cannot be read.",
    "Nothing at once: the rest of the store is used; report it with the copy that was put aside.",
  ),
  EDGE_TWIN_FULL: entry("The twin store holds as many features as it may.", "Raise twin.maxFeatures, or remove features."),
  EDGE_TWIN_KEY: entry("A name is not that of a feature.", "Give thing and feature, each an id."),
  EDGE_TWIN_PATCH: entry("A patch of desired is neither an object nor null.", "Send a JSON object with the properties to change."),
  EDGE_TWIN_PATH: entry("A text is not a path into a document.", "Write names with single slashes between them."),
  EDGE_TWIN_STORE: entry("The disk refused a write of the twin store; the store goes on trying.", "Look at free space and at the disk."),
  EDGE_TWIN_TOO_LARGE: entry("A document of a twin would be too large or nest too deep.", "Send less."),
  EDGE_UNAUTHENTICATED: entry(
    "Nobody is logged in, or what was shown is not good.",
    "Log in, or use a key that is neither revoked nor expired.",
  ),
  EDGE_UPLINK_CERTIFICATE: entry(
    "One side of the uplink does not trust the other's certificate.",
    "Name the authority in uplink.ca, set the clock, or renew the certificate.",
  ),
  EDGE_UPLINK_DENIED: entry(
    "The gateway's broker refuses the board's account.",
    "Mend uplink.username or the password file; it is read at each attempt.",
  ),
  EDGE_UPLINK_FILE: entry(
    "A password, authority, certificate or key file of the uplink cannot be read.",
    "Make the file that the message names readable for the board.",
  ),
  EDGE_UPLINK_UNREACHABLE: entry(
    "The gateway's broker cannot be reached.",
    "Check uplink.url, name server and network as the message says; the board goes on trying.",
  ),
  EDGE_VALUE_RANGE: entry("The registers of the point cannot hold the value.", "Send a value in the range that the message names."),
  EDGE_VALUE_TYPE: entry("The value is not of the kind that the point holds.", "Send the kind of value that the message names."),
  EDGE_VALUE_UNWRITABLE: entry(
    "The value lies in parts of registers that hold other things too.",
    "Make each bit or half of a register a point of its own.",
  ),
  EDGE_WATCHDOG_DEVICE: entry(
    "The watchdog device cannot be opened or fed.",
    "Look whether its driver is loaded, whether another program such as systemd feeds it, and at its permissions.",
  ),
  EDGE_WRITE_MISMATCH: entry(
    "The device took the write but holds another value.",
    "Look at the device's own limits; set readBack to false where it rounds on purpose.",
  ),
  EDGE_WRITE_REFUSED: entry(
    "The write rule of the point does not let the value pass, or not so often.",
    "Send an allowed value, wait, or change the rule.",
  ),
  EDGE_WRITE_UNKNOWN: entry("There is no such point, or nothing may be written to it.", "Look at the names; give the point a write rule."),
};
