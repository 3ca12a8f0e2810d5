const set = (words: string) => new Set(words.split(/\s+/).filter(Boolean));

/** Small words that any English sentence of some length has; lists of figures and part names have hardly any. */
export const FUNCTION_WORDS: ReadonlySet<string> = set(`
  a about above across after all also always an and any are as at be because been before below between both but by can
  cannot could do does during each either every for from had has have how however if in instead into is it its just may
  might more most must never next no not now of off on once only onto or other otherwise out over per same shall she
  should since so some still such than that the their them then there these they this those through to too two under
  unless until up upon use used uses using very was we were what when where whether which while who why will with within
  without would you your first last finally one two three four five six seven eight nine ten many few several point`);

/** Verbs that open an instruction in a manual. */
export const IMPERATIVES: ReadonlySet<string> = set(`
  accept acknowledge activate agree back call consider have mend never photograph ping provoke search
   add adjust align allow apply ask assign attach avoid begin bleed block bond build
  calculate calibrate change check choose clamp clean clear click close collect compare compile complete configure
  confirm connect continue convert copy correct create cycle deactivate debug define delete deliver deploy describe determine
  diagnose disable discharge disconnect distinguish divide document double-check download drag drain draw drive drop
  edit eliminate enable energise energize ensure enter establish evaluate exchange exclude expand expect export feed
  fill find fit fix flash follow force form give go ground halve hold identify import increase inform insert inspect
  install invert isolate jog keep know label latch launch leave lengthen let limit listen load locate lock log look
  lower make mark match measure mechanically monitor mount move multiply name navigate note observe open operate order
  perform pick place plan plug point power prefer prepare press prevent program protect prove provide pull push put
  raise read rebuild recompile reconnect record reduce release remember remove repair repeat replace replug reset
  restart restore return reverse review right-click rotate route run save scale scan secure select send separate set
  shield short shorten show shut simulate size slow specify stand start station step stop store strip subtract supply suspect
  switch tag take terminate test tighten toggle trace transfer treat trigger trip troubleshoot try tune turn twist type
  unplug update upload use validate verify view wait walk watch wear wire work write`);

/** Abbreviations with a full stop inside a sentence, without it. */
export const ABBREVIATIONS: ReadonlySet<string> = set(`
  e.g i.e approx ca cf vs no nos nr fig figs eq sec ch vol ref refs art cat max min temp dia dept mr mrs ms dr st std
  inc ltd co corp resp incl excl al par para pos pt`);
