"""A Modbus RTU slave on the RTU framer, the codec and the data store of pymodbus. Units 1 to 3 hold what pymodbus-server.py tells of.

usage: pymodbus-rtu-server.py            listens on TCP for raw RTU frames, prints its port
       pymodbus-rtu-server.py DEVICE     speaks over a serial port, prints "ready"

The servers that pymodbus brings want a serial library to be installed; this one needs none.
"""
import asyncio
import logging
import os
import sys
import termios
import tty

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusSlaveContext
from pymodbus.factory import ServerDecoder
from pymodbus.framer.rtu_framer import ModbusRtuFramer

SIZE = 200
UNITS = [1, 2, 3]
# Exceptions are asked for on purpose.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


def block(value):
    return ModbusSequentialDataBlock(0, [value(address) for address in range(SIZE)])


STORES = {
    unit: ModbusSlaveContext(
        co=block(lambda address: address % 3 == 0),
        di=block(lambda address: address % 5 == 0),
        hr=block(lambda address: 1000 + address),
        ir=block(lambda address: 2000 + address),
        zero_mode=True,
    )
    for unit in UNITS
}


class Slave:
    def __init__(self, write):
        self.framer = ModbusRtuFramer(ServerDecoder())
        self.write = write

    def answer(self, request):
        if request.unit_id == 0:
            for store in STORES.values():
                request.execute(store)
            return
        response = request.execute(STORES[request.unit_id])
        response.transaction_id = request.transaction_id
        response.unit_id = request.unit_id
        self.write(self.framer.buildPacket(response))

    def hear(self, data):
        self.framer.processIncomingPacket(data, self.answer, unit=[0, *UNITS], single=False)


async def serve_tcp():
    async def serve(reader, writer):
        slave = Slave(writer.write)
        while data := await reader.read(4096):
            slave.hear(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def serve_port(path):
    port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(port, termios.TCSANOW)
    slave = Slave(lambda data: os.write(port, data))
    asyncio.get_running_loop().add_reader(port, lambda: slave.hear(os.read(port, 4096)))
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(serve_tcp() if len(sys.argv) < 2 else serve_port(sys.argv[1]))
