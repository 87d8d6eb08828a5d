import type { KnownTool } from '../messages/types.ts';
import type { JsonSchema } from './tool-definition.ts';

// Client tools whose schema Anthropic's models know by heart. Other models must be told: one function each.

/** What the client would have run, as a function of ours. */
export interface TypedTool {
  readonly description: string;
  readonly parameters: JsonSchema;
}

type Typed = Extract<KnownTool, { type: `${'bash' | 'text_editor' | 'memory' | 'computer_2'}${string}` }>;

const text = (description: string) => ({ type: 'string', description });
const whole = (description: string) => ({ type: 'integer', description });
const pair = (description: string) => ({ type: 'array', items: { type: 'integer' }, description });
const words = (list: readonly string[], description: string) => ({ type: 'string', enum: list, description });
const object = (properties: JsonSchema, required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});

/** The function for a typed client tool; undefined for every other kind of tool. */
export function typedTool(tool: KnownTool): TypedTool | undefined {
  return isTyped(tool) ? describe(tool) : undefined;
}

function isTyped(tool: KnownTool): tool is Typed {
  return typeof tool.type === 'string' && /^(?:bash|text_editor|memory|computer_2)/.test(tool.type);
}

function describe(tool: Typed): TypedTool {
  switch (tool.type) {
    case 'bash_20241022':
    case 'bash_20250124':
      return bash;
    case 'text_editor_20241022':
    case 'text_editor_20250124':
      return textEditor([...editorCommands, 'undo_edit'], undefined);
    case 'text_editor_20250429':
      return textEditor(editorCommands, undefined);
    case 'text_editor_20250728':
      return textEditor(editorCommands, tool.max_characters ?? undefined);
    case 'memory_20250818':
      return memory;
    case 'computer_20241022':
      return computer(tool, oldestActions);
    case 'computer_20250124':
      return computer(tool, newerActions);
    case 'computer_20251124':
      return computer(tool, tool.enable_zoom === true ? [...newerActions, 'zoom'] : newerActions);
  }
}

const bash: TypedTool = {
  description: 'Runs a command in a bash session that stays open between calls.',
  parameters: object(
    {
      command: text('The command to run. Required unless the session is restarted.'),
      restart: { type: 'boolean', description: 'Starts a new session.' },
    },
    [],
  ),
};

const editorCommands = ['view', 'create', 'str_replace', 'insert'] as const;

function textEditor(commands: readonly string[], maxCharacters: number | undefined): TypedTool {
  const limit = maxCharacters === undefined ? '' : ` A view shows at most ${maxCharacters} characters.`;
  return {
    description: `Views, creates and edits text files.${limit}`,
    parameters: object(
      {
        command: words(commands, 'What to do.'),
        path: text('Absolute path of the file or directory.'),
        file_text: text('For create: the content of the file.'),
        old_str: text('For str_replace: the text to replace, which must occur exactly once.'),
        new_str: text('For str_replace: the new text.'),
        insert_line: whole('For insert: the line after which the text is put; 0 is the start of the file.'),
        insert_text: text('For insert: the text to put in.'),
        view_range: pair('For view: first and last line, counted from 1; -1 is the end of the file.'),
      },
      ['command', 'path'],
    ),
  };
}

const memory: TypedTool = {
  description: 'Keeps notes in files under /memories that later conversations can read.',
  parameters: object(
    {
      command: words(['view', 'create', 'str_replace', 'insert', 'delete', 'rename'], 'What to do.'),
      path: text('Path under /memories.'),
      view_range: pair('For view: first and last line, counted from 1.'),
      file_text: text('For create: the content of the file.'),
      old_str: text('For str_replace: the text to replace, which must occur exactly once.'),
      new_str: text('For str_replace: the new text.'),
      insert_line: whole('For insert: the line after which the text is put.'),
      insert_text: text('For insert: the text to put in.'),
      old_path: text('For rename: the present path.'),
      new_path: text('For rename: the new path.'),
    },
    ['command'],
  ),
};

const oldestActions = [
  'key',
  'type',
  'mouse_move',
  'left_click',
  'left_click_drag',
  'right_click',
  'middle_click',
  'double_click',
  'screenshot',
  'cursor_position',
] as const;
const newerActions = [
  ...oldestActions,
  'left_mouse_down',
  'left_mouse_up',
  'triple_click',
  'scroll',
  'hold_key',
  'wait',
] as const;

interface Display {
  readonly display_width_px: number;
  readonly display_height_px: number;
  readonly display_number?: number | null;
}

function computer(display: Display, actions: readonly string[]): TypedTool {
  const number = typeof display.display_number === 'number' ? `, display ${display.display_number}` : '';
  const size = `${display.display_width_px} x ${display.display_height_px} pixels${number}`;
  return {
    description: `Controls mouse and keyboard of a computer with a screen of ${size}, and takes screenshots of it.`,
    parameters: object(
      {
        action: words(actions, 'What to do.'),
        coordinate: pair('x and y in pixels, from the upper left corner.'),
        start_coordinate: pair('For left_click_drag: where the drag begins.'),
        text: text('For type: the text. For key and hold_key: the keys, joined by "+".'),
        duration: { type: 'number', description: 'For wait and hold_key: seconds.' },
        scroll_direction: words(['up', 'down', 'left', 'right'], 'For scroll.'),
        scroll_amount: whole('For scroll: how many steps.'),
        region: pair('For zoom: x and y of the upper left and the lower right corner.'),
      },
      ['action'],
    ),
  };
}
