/** The shortcodes that messages use most. */

const CODES = `+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|white_check_mark ✅|heavy_check_mark ✔️|check ✅|x ❌
|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|rotating_light 🚨|bell 🔔|no_bell 🔕|tada 🎉|rocket 🚀
|crescent_moon 🌙|eyes 👀|fire 🔥|hourglass ⌛|hourglass_flowing_sand ⏳|clock1 🕐|clock3 🕒|clock9 🕘|stopwatch ⏱️
|alarm_clock ⏰|timer_clock ⏲️|calendar 📅|date 📅|spiral_calendar_pad 🗓️|ticket 🎫
|admission_tickets 🎟️|label 🏷️|gift 🎁|moneybag 💰|credit_card 💳|shopping_bags 🛍️
|shopping_trolley 🛒|mega 📣|loudspeaker 📢|iphone 📱|calling 📲|email 📧|envelope ✉️
|incoming_envelope 📨|link 🔗|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|mag 🔍|mag_right 🔎|memo 📝
|pencil2 ✏️|page_facing_up 📄|clipboard 📋|bar_chart 📊|chart_with_upwards_trend 📈
|chart_with_downwards_trend 📉|file_folder 📁|open_file_folder 📂|inbox_tray 📥|outbox_tray 📤
|package 📦|wastebasket 🗑️|recycle ♻️|repeat 🔁|arrows_counterclockwise 🔄
|leftwards_arrow_with_hook ↩️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️
|arrow_forward ▶️|double_vertical_bar ⏸️|pause_button ⏸️|black_square_for_stop ⏹️
|stop_button ⏹️|octagonal_sign 🛑|red_circle 🔴|large_orange_circle 🟠|orange_circle 🟠
|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪
|black_circle ⚫|large_green_square 🟩|large_red_square 🟥|question ❓|grey_question ❔
|exclamation ❗|grey_exclamation ❕|bangbang ‼️|information_source ℹ️|bulb 💡|gear ⚙️|wrench 🔧
|hammer_and_wrench 🛠️|construction 🚧|zap ⚡|star ⭐|star2 🌟|sparkles ✨|heart ❤️|green_heart 💚
|100 💯|wave 👋|raised_hands 🙌|clap 👏|pray 🙏|handshake 🤝|muscle 💪|ok_hand 👌|point_right 👉|point_down 👇
|hand 🖐️|raised_hand ✋|slightly_smiling_face 🙂|smile 😄|grinning 😀|joy 😂|wink 😉
|thinking_face 🤔|neutral_face 😐|cry 😢|sob 😭|sweat_smile 😅|sunglasses 😎|robot_face 🤖|ghost 👻
|skull 💀|bust_in_silhouette 👤|busts_in_silhouette 👥|man 👨|woman 👩|coffee ☕|pizza 🍕|cake 🍰
|beer 🍺|wine_glass 🍷|sunny ☀️|cloud ☁️|snowflake ❄️|umbrella ☔|earth_africa 🌍
|earth_americas 🌎|globe_with_meridians 🌐|house 🏠|office 🏢|store 🏪|convenience_store 🏪|bank 🏦
|airplane ✈️|car 🚗|checkered_flag 🏁|triangular_flag_on_post 🚩|white_flag 🏳️|crystal_ball 🔮
|test_tube 🧪|receipt 🧾|scroll 📜|books 📚|book 📖|bookmark 🔖|pushpin 📌|round_pushpin 📍
|paperclip 📎|scissors ✂️|speech_balloon 💬|thought_balloon 💭|zzz 💤|seedling 🌱
|four_leaf_clover 🍀|new 🆕|free 🆓|sos 🆘|id 🆔|vs 🆚|heavy_plus_sign ➕|heavy_minus_sign ➖
|black_small_square ▪️|small_blue_diamond 🔹|small_orange_diamond 🔸|ballot_box_with_check ☑️
|white_large_square ⬜|black_large_square ⬛|dart 🎯|trophy 🏆|medal 🏅|crown 👑|balloon 🎈
|confetti_ball 🎊`;

const EMOJI = new Map(CODES.split("|").map((pair) => pair.trim().split(" ")));

/** The emoji of a shortcode, or the shortcode itself when it is not known. */
export function emoji(code) {
  const [name] = code.split("::");
  return EMOJI.get(name) ?? `:${code}:`;
}

/** Plain text with its shortcodes drawn. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+):/g, (all, code) => EMOJI.get(code) ?? all);
}
