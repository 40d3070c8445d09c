"""A Modbus TCP server on the framer, the codec and the data store of pymodbus. Prints its port.

Unit 1 has 200 addresses in each area. Coils are on where the address is a multiple of 3, discrete inputs where it is a
multiple of 5; holding registers hold 1000 + address, input registers 2000 + address.

The servers that pymodbus brings want a serial library to be installed; this one does not.
"""
import asyncio
import logging

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusSlaveContext
from pymodbus.factory import ServerDecoder
from pymodbus.framer.socket_framer import ModbusSocketFramer

SIZE = 200
# Exceptions are asked for on purpose.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


def block(value):
    return ModbusSequentialDataBlock(0, [value(address) for address in range(SIZE)])


UNIT = ModbusSlaveContext(
    co=block(lambda address: address % 3 == 0),
    di=block(lambda address: address % 5 == 0),
    hr=block(lambda address: 1000 + address),
    ir=block(lambda address: 2000 + address),
    zero_mode=True,
)


async def serve(reader, writer):
    framer = ModbusSocketFramer(ServerDecoder())

    def answer(request):
        response = request.execute(UNIT)
        response.transaction_id = request.transaction_id
        response.unit_id = request.unit_id
        writer.write(framer.buildPacket(response))

    while data := await reader.read(4096):
        framer.processIncomingPacket(data, answer, unit=[1], single=False)
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
