import { type BlockRules, blockChecks } from '../../translation/block-rules.ts';
import { innerBlockRules, sharedBlockRules, translated } from '../../translation/shared-block-rules.ts';
import { blockFields } from '../openai/shared-block-fields.ts';

// One row for each block type and each of its fields that the SDK knows. docs/translation.md is written from this table.

export const blockRules: BlockRules = {
  text: {
    fate: 'preserved',
    how: "`input_text`, `output_text` of the assistant's; texts of one answer that stand together are parts of one message; empty ones are left out",
    fields: blockFields.text,
  },
  image: {
    fate: 'translated',
    how: '`input_image`; a line of text, and listed, where the model or server takes no such image; a Files API id is refused',
    fields: blockFields.image,
  },
  document: {
    fate: 'translated',
    how: 'a PDF is an `input_file`, from an address too, where server and model read them; text is wrapped text; a Files API id is refused',
    fields: blockFields.document,
  },
  thinking: {
    fate: 'translated',
    how: 'the `reasoning` item of this upstream at its own place, with its encrypted content, or its own words at servers that hide none; lost where another one wrote it, or nothing follows it; never sent as text',
    fields: blockFields.thinking,
  },
  redacted_thinking: { fate: 'translated', how: 'as `thinking`', fields: { data: translated } },
  tool_use: {
    fate: 'translated',
    how: '`function_call`, at its own place among the texts',
    fields: { ...blockFields.tool_use, id: { fate: 'preserved', how: '`call_id`; hashed where it is longer than 64' } },
  },
  tool_result: {
    fate: 'translated',
    how: '`function_call_output`, in the order of the calls, with its images and files (on xAI in a message of the user behind); a call without a result gets one that says so; a result without a call is user text',
    fields: blockFields.tool_result,
  },
  ...sharedBlockRules,
  server_tool_use: {
    ...sharedBlockRules.server_tool_use,
    how: "the `web_search_call` item that the reasoning before it carries, where it was this upstream's search; else text: what was called with what",
  },
  web_search_tool_result: {
    ...sharedBlockRules.web_search_tool_result,
    how: 'in the `web_search_call` of its search; else text: title and URL of each result',
  },
};

export const { isCarried, checkBlockFields } = blockChecks(blockRules, innerBlockRules);
