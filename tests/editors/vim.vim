" What a test asks of Vim, with ALE: vim -N -u vim.vim --not-a-term -es. The environment says what: ISG_SETUP is a file with
" what the README says, ISG_FILE is opened for its findings, then ISG_OTHER, where the cursor goes to ISG_PLACE to ask for
" implementations. ISG_OUT gets the answers as JSON.
set nocompatible hidden noswapfile viminfo=
let g:ale_disable_lsp = 0 | let g:ale_linters_explicit = 1 | let g:ale_linters = {'python': ['isg'], 'rust': ['isg']}
let g:ale_lint_delay = 0
packadd! ale
filetype plugin on

function! s:Wait(look) abort
  let l:left = 600
  while !a:look() && l:left > 0
    sleep 50m
    let l:left -= 1
  endwhile
endfunction

function! s:Run() abort
  let l:told = {}
  try
    execute 'source' fnameescape($ISG_SETUP)
    execute 'edit' fnameescape($ISG_FILE)
    set filetype=python
    ALELint
    call s:Wait({-> !empty(getloclist(0))})
    let l:told.diagnostics = map(getloclist(0), {_, one -> one.lnum . ':' . one.text})
    execute 'edit' fnameescape($ISG_OTHER)
    set filetype=rust
    call search('\V' . $ISG_PLACE)
    let l:from = line('.')
    ALEGoToImplementation
    call s:Wait({-> line('.') != l:from})
    let l:told.at = fnamemodify(bufname(), ':t') . ':' . line('.')
  catch
    let l:told.problem = v:exception . ' @ ' . v:throwpoint
  endtry
  call writefile([json_encode(l:told)], $ISG_OUT)
  qall!
endfunction
autocmd VimEnter * call s:Run()
