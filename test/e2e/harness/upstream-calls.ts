import { isRecord } from '../../upstreams/json.ts';
import { textOf } from '../../upstreams/openai/chat-request.ts';
import type { RecordedChatCall } from '../../upstreams/openai/fake-openai.ts';

/** Names of the tools that were offered, in their order. */
export function toolNames(call: RecordedChatCall | undefined): readonly string[] {
  return call?.body.tools?.map((tool) => tool.function.name) ?? [];
}

/** Texts of the tool messages, oldest first. */
export function toolMessages(call: RecordedChatCall | undefined): readonly string[] {
  return call?.body.messages.filter(({ role }) => role === 'tool').map(textOf) ?? [];
}

/** URLs of all images in user messages: the only place where Chat Completions takes them. */
export function imageUrls(call: RecordedChatCall | undefined): readonly string[] {
  const urls: string[] = [];
  for (const { role, content } of call?.body.messages ?? []) {
    if (role !== 'user' || typeof content !== 'object' || content === null) continue;
    for (const { image_url: image } of content) {
      if (isRecord(image) && typeof image.url === 'string') urls.push(image.url);
    }
  }
  return urls;
}

/** The reasoning that came back with assistant messages. */
export function reasoningOf(call: RecordedChatCall): readonly unknown[] {
  const assistant = call.body.messages.filter(({ role }) => role === 'assistant');
  return assistant.map((message) => message.reasoning_content);
}
