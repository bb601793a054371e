// Photos: said before the upload what the server would refuse after it, and shown small.

/** Check and preview the files of every `data-photos` input as they are chosen. */
export function watchPhotos() {
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches("[data-photos]")) {
      check(event.target);
      preview(event.target);
    }
  });
}

function check(input) {
  const { maxFiles, maxBytes, tooMany, tooLarge } = input.dataset;
  const files = [...input.files];
  let fault = "";
  if (files.length > Number(maxFiles)) fault = tooMany;
  else if (files.some((file) => file.size > Number(maxBytes))) fault = tooLarge;
  input.setCustomValidity(fault);
  if (fault) input.reportValidity();
}

function preview(input) {
  const list = input.parentElement.querySelector("[data-previews]");
  if (!list) return;
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(...[...input.files].map(small));
  list.hidden = list.children.length === 0;
}

function small(file) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.alt = file.name;
  image.width = 104;
  image.height = 104;
  image.src = URL.createObjectURL(file);
  item.append(image);
  return item;
}
