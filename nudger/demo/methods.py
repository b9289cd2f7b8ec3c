"""What does each method of the Bot API do?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from nudger.demo import limits, refusals
from nudger.demo.chats import Chat, File, Key, PlainKey, Shown
from nudger.demo.entities import Marked, read_html, read_plain
from nudger.demo.params import Params, objects
from nudger.demo.refusals import Json, RefusedError, bad_request
from nudger.demo.world import World

Method = Callable[[World, Params], Awaitable[object]]


# ---------------------------------------------------------------- updates
async def get_updates(world: World, params: Params) -> list[Json]:
    allowed = params.sequence("allowed_updates")
    return await world.updates.fetch(
        offset=params.number("offset") or 0,
        limit=params.number("limit") or 100,
        wait=float(params.number("timeout") or 0),
        allowed=None if allowed is None else [str(kind) for kind in allowed],
    )


async def delete_webhook(_world: World, _params: Params) -> bool:
    return True


async def get_webhook_info(world: World, _params: Params) -> Json:
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": world.updates.unconfirmed,
    }


# ---------------------------------------------------------------- the bot itself
async def get_me(world: World, _params: Params) -> Json:
    return world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def set_my_commands(world: World, params: Params) -> bool:
    commands = params.mappings("commands")
    limits.check_commands(commands)
    world.profile.commands[params.text("language_code")] = [
        {
            "command": str(each["command"]).removeprefix("/"),
            "description": str(each["description"]),
        }
        for each in commands
    ]
    world.bell.ring()
    return True


async def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.profile.commands.get(params.text("language_code"), [])


async def set_my_name(world: World, params: Params) -> bool:
    limits.check_profile("name", params.text("name"), limits.NAME)
    # A bot's name for one language is not its name; the demo shows the one for all.
    if not params.text("language_code"):
        world.profile.name = params.text("name")
    return True


async def set_my_description(world: World, params: Params) -> bool:
    limits.check_profile("description", params.text("description"), limits.DESCRIPTION)
    if not params.text("language_code"):
        world.profile.description = params.text("description")
    return True


async def set_my_short_description(world: World, params: Params) -> bool:
    short = params.text("short_description")
    limits.check_profile("short description", short, limits.SHORT_DESCRIPTION)
    if not params.text("language_code"):
        world.profile.short_description = short
    return True


async def set_chat_menu_button(world: World, params: Params) -> bool:
    world.profile.menu_button = params.mapping("menu_button") or {"type": "default"}
    return True


# ---------------------------------------------------------------- messages
async def send_message(world: World, params: Params) -> Json:
    chat = _open_chat(world, params)
    text = _marked(params, "text", "entities")
    limits.check_text(text)
    content: Json = {"text": text.text}
    if text.entities:
        content["entities"] = list(text.entities)
    return _send(world, chat, params, text, content)


async def send_document(world: World, params: Params) -> Json:
    chat = _open_chat(world, params)
    file = _file(world, params, "document", limits.DOCUMENT)
    return _send_file(
        world,
        chat,
        params,
        file,
        {
            "document": {
                "file_id": file.id,
                "file_unique_id": f"u{file.id}",
                "file_name": file.name,
                "mime_type": file.type,
                "file_size": len(file.body),
            }
        },
    )


async def send_photo(world: World, params: Params) -> Json:
    chat = _open_chat(world, params)
    file = _file(world, params, "photo", limits.PHOTO)
    width, height = _png_size(file.body)
    size: Json = {
        "file_id": file.id,
        "file_unique_id": f"u{file.id}",
        "width": width,
        "height": height,
        "file_size": len(file.body),
    }
    return _send_file(world, chat, params, file, {"photo": [size]})


async def send_chat_action(world: World, params: Params) -> bool:
    _open_chat(world, params)
    return True


async def edit_message_text(world: World, params: Params) -> Json:
    chat = _open_chat(world, params)
    shown = _editable(chat, params)
    if "text" not in shown.content:
        raise bad_request("there is no text in the message to edit")
    text = _marked(params, "text", "entities")
    limits.check_text(text)
    content: Json = {"text": text.text}
    if text.entities:
        content["entities"] = list(text.entities)
    edited = replace(
        shown, text=text.text, html=text.html(), content=content, buttons=_inline(world, params)
    )
    return _edit(world, chat, shown, edited)


async def edit_message_reply_markup(world: World, params: Params) -> Json:
    chat = _open_chat(world, params)
    shown = _editable(chat, params)
    return _edit(world, chat, shown, replace(shown, buttons=_inline(world, params)))


async def delete_message(world: World, params: Params) -> bool:
    chat = _open_chat(world, params)
    shown = chat.messages.get(params.number("message_id") or 0)
    if shown is None or shown.deleted:
        raise bad_request("message to delete not found")
    if not limits.deletable(shown.at, now=world.now()):
        raise bad_request("message can't be deleted for everyone", limit="deletion")
    world.show(chat, replace(shown, deleted=True, buttons=()))
    return True


async def delete_messages(world: World, params: Params) -> bool:
    """As Telegram: what cannot be found or is too old is skipped without a word."""
    chat = _open_chat(world, params)
    for each in params.sequence("message_ids") or []:
        shown = chat.messages.get(each) if isinstance(each, int) else None
        if shown and not shown.deleted and limits.deletable(shown.at, now=world.now()):
            world.show(chat, replace(shown, deleted=True, buttons=()))
    return True


async def answer_callback_query(world: World, params: Params) -> bool:
    limits.check_callback_answer(params.text("text"))
    tapped = world.queries.get(params.text("callback_query_id"))
    if tapped is None or world.now() - tapped.at > limits.ANSWERABLE:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if text := params.text("text"):
        world.notice(world.chat(tapped.chat), text)
    return True


async def get_file(world: World, params: Params) -> Json:
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return {
        "file_id": file.id,
        "file_unique_id": f"u{file.id}",
        "file_size": len(file.body),
        "file_path": file.path,
    }


METHODS: Mapping[str, Method] = {
    name.lower(): method
    for name, method in {
        "getUpdates": get_updates,
        "deleteWebhook": delete_webhook,
        "getWebhookInfo": get_webhook_info,
        "getMe": get_me,
        "setMyCommands": set_my_commands,
        "getMyCommands": get_my_commands,
        "setMyName": set_my_name,
        "setMyDescription": set_my_description,
        "setMyShortDescription": set_my_short_description,
        "setChatMenuButton": set_chat_menu_button,
        "sendMessage": send_message,
        "sendDocument": send_document,
        "sendPhoto": send_photo,
        "sendChatAction": send_chat_action,
        "editMessageText": edit_message_text,
        "editMessageReplyMarkup": edit_message_reply_markup,
        "deleteMessage": delete_message,
        "deleteMessages": delete_messages,
        "answerCallbackQuery": answer_callback_query,
        "getFile": get_file,
    }.items()
}
SENDS = frozenset({"sendmessage", "senddocument", "sendphoto"})


# ---------------------------------------------------------------- what they share
def _open_chat(world: World, params: Params) -> Chat:
    chat = world.chat(params.number("chat_id"))
    if chat.blocked:
        raise refusals.blocked()
    return chat


def _marked(params: Params, name: str, entities: str) -> Marked:
    match params.text("parse_mode"):
        case "":
            return read_plain(params.text(name), params.mappings(entities))
        case mode if mode.lower() == "html":
            return read_html(params.text(name))
        case _:
            # Telegram knows Markdown too; nudger writes HTML only, so anything else is a slip.
            raise bad_request("unsupported parse_mode", limit="parse_mode")


def _send(
    world: World,
    chat: Chat,
    params: Params,
    text: Marked,
    content: Json,
    file: File | None = None,
) -> Json:
    markup = params.mapping("reply_markup") or {}
    buttons = _rows(world, markup)
    if "keyboard" in markup:
        chat.keyboard = _plain_keys(markup)
    elif markup.get("remove_keyboard"):
        chat.keyboard = ()
    shown = world.show(
        chat,
        Shown(
            id=chat.next_id(),
            at=world.now(),
            change=0,
            text=text.text,
            html=text.html(),
            content=content,
            buttons=buttons,
            silent=params.flag("disable_notification"),
            file=file,
        ),
    )
    return chat.message_json(shown, bot=world.bot)


def _send_file(world: World, chat: Chat, params: Params, file: File, content: Json) -> Json:
    caption = _marked(params, "caption", "caption_entities")
    limits.check_caption(caption)
    if caption.text:
        content["caption"] = caption.text
    if caption.entities:
        content["caption_entities"] = list(caption.entities)
    return _send(world, chat, params, caption, content, file)


def _editable(chat: Chat, params: Params) -> Shown:
    shown = chat.messages.get(params.number("message_id") or 0)
    if shown is None or shown.deleted:
        raise bad_request("message to edit not found")
    if shown.mine:
        raise bad_request("message can't be edited")
    return shown


def _edit(world: World, chat: Chat, before: Shown, after: Shown) -> Json:
    if (before.content, before.buttons) == (after.content, after.buttons):
        raise refusals.not_modified()
    shown = world.show(chat, replace(after, edited_at=world.now(), tapped=frozenset()))
    return chat.message_json(shown, bot=world.bot)


def _inline(world: World, params: Params) -> tuple[tuple[Key, ...], ...]:
    return _rows(world, params.mapping("reply_markup") or {})


def _rows(world: World, markup: Json) -> tuple[tuple[Key, ...], ...]:
    rows = _rows_of(markup, "inline_keyboard")
    limits.check_buttons(rows)
    widest = max((len(row) for row in rows), default=0)
    if widest > limits.BUTTONS_SHOWN:
        world.advice.append(f"{widest} buttons in a row; Telegram shows {limits.BUTTONS_SHOWN}")
    return tuple(
        tuple(
            Key(
                label=str(button["text"]),
                data=str(button.get("callback_data", "")),
                url=str(button.get("url", "")),
            )
            for button in row
        )
        for row in rows
        if row
    )


def _plain_keys(markup: Json) -> tuple[tuple[PlainKey, ...], ...]:
    return tuple(
        tuple(
            PlainKey(label=str(key.get("text", "")), asks_place=bool(key.get("request_location")))
            for key in row
        )
        for row in _rows_of(markup, "keyboard")
    )


def _rows_of(markup: Json, name: str) -> Sequence[Sequence[Json]]:
    rows = markup.get(name, [])
    if not isinstance(rows, list):
        raise bad_request("can't parse reply keyboard markup JSON object")
    return [
        objects(
            [{"text": key} if isinstance(key, str) else key for key in row]
            if isinstance(row, list)
            else [row],
            "reply keyboard markup",
        )
        for row in rows
    ]


def _file(world: World, params: Params, name: str, most: int) -> File:
    known = world.files.get(params.text(name))
    if known is not None:
        return known
    upload = params.upload(name)
    if upload is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    limits.check_file(upload.body, most)
    file = File(
        id=f"BQACAgIAAx{world.next_count()}",
        name=upload.name,
        body=upload.body,
        type=upload.type,
        picture=name == "photo",
    )
    world.files[file.id] = file
    return file


def _png_size(body: bytes) -> tuple[int, int]:
    """Width and height out of a PNG's head; Telegram tells them, and nudger sends PNG only."""
    if not body.startswith(b"\x89PNG\r\n\x1a\n"):
        raise RefusedError("Bad Request: IMAGE_PROCESS_FAILED", limit="photo")
    return int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")
