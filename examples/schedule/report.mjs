import { loadavg, uptime } from 'node:os';

const [load] = loadavg();
console.log(`load ${load.toFixed(2)}, up for ${Math.round(uptime() / 3600)} h`);
