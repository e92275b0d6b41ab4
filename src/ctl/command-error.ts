/** A mistake that upstream lets surface as an exception of this Python class. */
export class CommandError extends Error {
  readonly pythonClass: 'ValueError' | 'EOFError';

  constructor(pythonClass: 'ValueError' | 'EOFError', message: string) {
    super(message);
    this.name = 'CommandError';
    this.pythonClass = pythonClass;
  }
}
