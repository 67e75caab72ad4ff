// Fields that belong to one choice are shown when it is chosen. Without scripts
// they are always shown. A list to choose from reveals what belongs to any choice.
export function reveal () {
  for (const list of document.querySelectorAll('select[data-reveals]')) {
    const target = document.getElementById(list.dataset.reveals)
    if (!target) continue
    const sync = () => { target.hidden = !list.value }
    list.addEventListener('change', sync)
    window.addEventListener('pageshow', sync)
    sync()
  }
  for (const input of document.querySelectorAll('input[data-reveals]')) {
    const target = document.getElementById(input.dataset.reveals)
    if (!target) continue
    input.setAttribute('aria-controls', target.id)
    const sync = () => { target.hidden = !input.checked }
    const group = input.closest('fieldset') || document
    group.addEventListener('change', sync)
    window.addEventListener('pageshow', sync)
    sync()
  }
}
