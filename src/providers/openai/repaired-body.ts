import { isRecord } from '../../messages/json.ts';
import type { Translation } from './translation.ts';

/** The request's field behind each of a body's, to name in a loss what the client asked for. */
export type AskedFields = ReadonlyMap<string, string>;

/**
 * Takes out, renames and lowers what this upstream has refused: `reasoning.summary` inside the object it stands in, an
 * entry of a list such as `include` by its own name. The repairs that change how something is said, and not whether, are
 * read where it is said.
 */
export function applyRepairs(body: object, asked: AskedFields, { context, losses }: Translation): object {
  if (context.repairs.length === 0) return body;
  let fields: Readonly<Record<string, unknown>> = { ...body };
  for (const repair of context.repairs) {
    switch (repair.kind) {
      case 'omit-parameter': {
        const rest = without(fields, repair.parameter);
        const field = asked.get(repair.parameter);
        if (rest !== fields && field !== undefined) losses.add(field, `the upstream refuses ${repair.parameter}`);
        fields = rest;
        break;
      }
      case 'rename-parameter':
        if (Object.hasOwn(fields, repair.parameter)) {
          const { [repair.parameter]: value, ...rest } = fields;
          fields = { ...rest, [repair.to]: value };
        }
        break;
      case 'plain-answer': {
        const { stream: _, stream_options: __, ...rest } = fields;
        fields = rest;
        break;
      }
      default:
        break;
    }
  }
  return fields;
}

type Fields = Readonly<Record<string, unknown>>;

/** The same object where there is no such field. An object that becomes empty goes too. */
function without(fields: Fields, parameter: string): Fields {
  if (Object.hasOwn(fields, parameter)) {
    const { [parameter]: _, ...rest } = fields;
    return rest;
  }
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value) && value.includes(parameter)) {
      return replaced(
        fields,
        name,
        value.filter((entry) => entry !== parameter),
      );
    }
    if (isRecord(value) && parameter.startsWith(`${name}.`)) {
      const rest = without(value, parameter.slice(name.length + 1));
      return rest === value ? fields : replaced(fields, name, rest);
    }
  }
  return fields;
}

function replaced(fields: Fields, name: string, value: object): Fields {
  const { [name]: _, ...rest } = fields;
  return Object.keys(value).length === 0 ? rest : { ...fields, [name]: value };
}
