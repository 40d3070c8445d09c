import { discreteInputs, inputRegisters } from "./pump-station-readings.ts";
import { coils, holdingRegisters } from "./pump-station-setpoints.ts";
import type { StationRegister } from "./station-register.ts";

/** How many addresses, from 0, each table answers. What no register claims in there reads 0 and cannot be written. */
export const registerBlocks = { coil: 8, discrete: 16, input: 48, holding: 16 } as const;

/** The register map of the simulated pump station, unit 1. */
export const pumpStationRegisters: readonly StationRegister[] = [...inputRegisters, ...discreteInputs, ...holdingRegisters, ...coils];
