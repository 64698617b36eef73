;;; What a test asks of Emacs, with Eglot: emacs --batch -Q -l emacs.el -- SETUP FILE PLACE -*- lexical-binding: t -*-
;; SETUP: a file with what the README says. FILE is opened; PLACE is a text in it, at whose beginning the cursor is put.
;; Prints the diagnostics' texts, the implementations as "file:line", and what Eglot shows for them.

(require 'package)
(setq package-directory-list '("/usr/share/emacs/site-lisp/elpa"))
(package-initialize) ; older versions have Eglot as a package
(require 'eglot)
(require 'flymake)
(require 'vc-git)

(defun wait-for (look)
  "What LOOK gives once that is not nil; gives up after half a minute."
  (let ((end (+ (float-time) 30)) found)
    (while (and (not (setq found (funcall look))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or found (error "in vain: %S" look))))

(defun shown (found)
  "A location, or a link to one, as \"file:line\"."
  (let ((uri (or (plist-get found :uri) (plist-get found :targetUri)))
        (range (or (plist-get found :range) (plist-get found :targetSelectionRange))))
    (format "%s:%d" (file-name-nondirectory (eglot--uri-to-path uri)) (1+ (plist-get (plist-get range :start) :line)))))

(pcase-let ((`(,_ ,setup ,file ,place) command-line-args-left))
  (setq command-line-args-left nil make-backup-files nil create-lockfiles nil eglot-sync-connect 30)
  (load setup nil t)
  (with-current-buffer (find-file-noselect file)
    (python-mode)
    (apply #'eglot--connect (eglot--guess-contact))
    (let ((server (wait-for #'eglot-current-server)))
      (flymake-mode 1)
      (flymake-start)
      (princ (format "%S\n" (mapcar #'flymake-diagnostic-text (wait-for #'flymake-diagnostics))))
      (goto-char (point-min))
      (search-forward place)
      (goto-char (match-beginning 0))
      (let ((found (jsonrpc-request server :textDocument/implementation (eglot--TextDocumentPositionParams))))
        (princ (format "%S\n" (mapcar #'shown (append found nil)))))
      (eglot-shutdown server))))
