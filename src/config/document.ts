import type { IniFile } from './ini.ts';

export interface RawOption {
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

export interface RawSection {
  readonly name: string;
  /** Where the section's name came first. */
  readonly file: string;
  readonly line: number;
  readonly options: Map<string, RawOption>;
}

const HERE = '%(here)s';

/** All files of a configuration, merged: sections by name, and for each option its last value. */
export class ConfigDocument {
  readonly sections = new Map<string, RawSection>();
  /** Of [DEFAULT]: they stand in for any option that a section does not set. */
  readonly defaults = new Map<string, RawOption>();
  /** Files in the order in which they were read. */
  readonly files: string[] = [];

  merge(ini: IniFile, file: string): void {
    this.files.push(file);
    for (const { name, line, options } of ini.sections) {
      const target = name === 'DEFAULT' ? this.defaults : this.#open(name, file, line).options;
      for (const option of options) target.set(option.key, { value: option.value, file, line: option.line });
    }
  }

  #open(name: string, file: string, line: number): RawSection {
    const known = this.sections.get(name);
    if (known !== undefined) return known;
    const section: RawSection = { name, file, line, options: new Map() };
    this.sections.set(name, section);
    return section;
  }

  /** Puts a value in the place of a section's own; nothing where there is no such section. */
  set(name: string, key: string, value: string): void {
    const section = this.sections.get(name);
    if (section === undefined) return;
    const { file, line } = section.options.get(key) ?? section;
    section.options.set(key, { value, file, line });
  }

  lookup(section: RawSection, key: string): RawOption | undefined {
    return section.options.get(key) ?? this.defaults.get(key);
  }

  /**
   * Writes a directory in place of every `%(here)s` that is left, before any other expansion and without regard to
   * `%%`. Values of [DEFAULT] that hold one become each section's own. Source: supervisor/options.py expand_here.
   */
  expandHere(here: string): void {
    const inherited = [...this.defaults].filter(([, option]) => option.value.includes(HERE));
    for (const { options } of this.sections.values()) {
      for (const [key, option] of inherited) if (!options.has(key)) options.set(key, option);
      for (const [key, option] of options) {
        if (!option.value.includes(HERE)) continue;
        options.set(key, { ...option, value: option.value.replaceAll(HERE, () => here) });
      }
    }
  }

  startingWith(prefix: string): readonly RawSection[] {
    return [...this.sections.values()].filter((section) => section.name.startsWith(prefix));
  }
}
