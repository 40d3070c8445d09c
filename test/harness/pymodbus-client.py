# Asks a Modbus TCP server what its arguments say, one request after the other, and prints each answer as JSON.
# usage: pymodbus-client.py PORT REQUEST...   a request is METHOD:ADDRESS:COUNT_OR_VALUES, values separated by commas
import json
import logging
import sys
from unittest.mock import MagicMock

# Only serial clients need these, and Debian's package merely recommends them; pymodbus imports them all the same.
for name in ("serial", "serial_asyncio"):
    try:
        __import__(name)
    except ImportError:
        sys.modules[name] = MagicMock()

from pymodbus.client import ModbusTcpClient

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), timeout=30)
client.connect()
for request in sys.argv[2:]:
    method, address, rest = request.split(":")
    numbers = [int(number) for number in rest.split(",")]
    call = getattr(client, method)
    if method.startswith("read"):
        answer = call(int(address), numbers[0])
    elif method in ("write_coil", "write_register"):
        answer = call(int(address), bool(numbers[0]) if method == "write_coil" else numbers[0])
    else:
        answer = call(int(address), [bool(number) for number in numbers] if method == "write_coils" else numbers)
    if answer.isError():
        print(json.dumps({"exception": answer.exception_code}))
    else:
        print(json.dumps({"registers": getattr(answer, "registers", None), "bits": getattr(answer, "bits", None)}))
client.close()
