import { optional } from '../option.ts';
import { text } from '../value-types.ts';

/** Options of [rpcinterface:x]; any other key is an argument of the factory. */
export const rpcinterfaceSchema = {
  'supervisor.rpcinterface_factory': optional({
    type: text,
    expand: 'env',
    onChange: 'daemon',
    example: 'supervisor.rpcinterface:make_main_rpcinterface',
    required: true,
    help: 'Only supervisor.rpcinterface:make_main_rpcinterface exists here; clients need it.',
  }),
};

/** Options of [ctlplugin:x]; any other key is an argument of the factory. */
export const ctlpluginSchema = {
  'supervisor.ctl_factory': optional({
    type: text,
    expand: 'env',
    onChange: 'daemon',
    help: "A plugin of Supervisor's client, which is not loaded here.",
  }),
};
