// A template's text with its variables filled in, as far as the page knows
// them: what is being written is shown at once, before it is applied.
export type Values = Record<string, string | undefined>;

// {name} or {name|what stands when it is not known}; unknown names stay.
export const filled = (text: string, values: Values): string =>
  text.replace(/\{([a-z]+)(?:\|([^}]*))?\}/g, (all, name: string, other: string | undefined) =>
    Object.hasOwn(values, name) ? values[name] || (other ?? '') : all,
  );
